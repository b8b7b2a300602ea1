import t from 'tap'
import type { Sought } from '../../lib/dataplane/socks/message.js'
import { cidr } from '../../lib/model/cidr.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import type { Portal } from '../../lib/model/portal.js'
import {
  ordinaryTraffic,
  type Protocol,
  type ServicePort,
  servicePortId,
} from '../../lib/model/service-port.js'
import { Directory } from '../../lib/proxy/directory.js'

const at = (address: string, number: number): Endpoint => ({
  address: ipAddress(address),
  port: port(number),
})

interface Given {
  readonly name?: string
  readonly protocol?: Protocol
  readonly family?: 'IPv4' | 'IPv6'
  readonly portals: readonly Portal[]
  readonly endpoints?: readonly Endpoint[]
}

const servicePort = ({
  name: service = 'cart',
  protocol = 'TCP',
  family = 'IPv4',
  ...rest
}: Given): ServicePort => {
  const name = { namespace: 'shop', service, port: '', protocol }
  const endpoints = rest.endpoints ?? [at('10.244.0.7', 8080)]
  return {
    ...{ ...ordinaryTraffic, family, name, id: servicePortId(name, { family, policy: 'Cluster' }) },
    ...{ portals: rest.portals, endpoints, othersServe: false, affinity: { kind: 'none' }, terms: {} },
  }
}

const clusterIp = (address: string, number: number): Portal => ({
  kind: 'cluster-ip',
  ...at(address, number),
})

const cart = servicePort({
  portals: [
    clusterIp('10.96.31.4', 80),
    { kind: 'external-ip', clients: 'everybody', ...at('198.51.100.7', 80) },
    { kind: 'load-balancer', clients: 'everybody', ...at('203.0.113.7', 80) },
    {
      kind: 'load-balancer',
      clients: 'everybody',
      sources: [cidr('192.0.2.0/24')],
      ...at('203.0.113.8', 80),
    },
    { kind: 'external-ip', clients: 'outsiders', ...at('203.0.113.9', 80) },
    { kind: 'node-port', clients: 'everybody', port: port(30080) },
  ],
})
const admin = servicePort({ portals: [clusterIp('10.96.31.4', 8443)] })
const dns = servicePort({ name: 'dns', protocol: 'UDP', portals: [clusterIp('10.96.0.10', 53)] })
const dual = (endpoints: readonly Endpoint[]): readonly ServicePort[] => [
  servicePort({ name: 'dual', portals: [clusterIp('10.96.31.5', 80)], endpoints }),
  servicePort({ name: 'dual', family: 'IPv6', portals: [clusterIp('fd00::5', 80)] }),
]

/** What each of these is told: the id of who serves it, or why nobody does. */
const told = (
  servicePorts: readonly ServicePort[] | undefined,
  ...soughts: readonly Sought[]
): readonly string[] => {
  let welcomed = ''
  const directory = new Directory({
    ...{ domain: 'cluster.local', namespace: () => 'shop', servicePorts: () => servicePorts },
    services: () => [
      {
        namespace: 'shop',
        name: 'web',
        type: 'ClusterIP',
        labels: {},
        servicePorts: new Map(),
        reasons: ['headless'],
      },
    ],
    listenerOf: id => ({ port: port(14003), welcome: () => (welcomed = id) }),
  })
  return soughts.map(sought => {
    const found = directory.find(sought)
    if (found.kind === 'nobody') return `${found.reply}: ${found.reason}`
    // What it is welcomed with is not looked at here.
    Reflect.apply(found.welcome, undefined, [])
    return welcomed
  })
}

const named = (name: string, number = 80): Sought => ({ kind: 'name', name, port: number })
const addressed = (address: string, number = 80): Sought => ({
  ...{ kind: 'address', address: ipAddress(address), port: number },
})

const foreign = 'not allowed: that is no Service of this cluster, and nobody else is served here'

t.test('a Service is found by its names and by its addresses', async t => {
  const soughts = [named('cart'), named('cart.shop.svc.cluster.local'), addressed('10.96.31.4')]
  const outside = [addressed('198.51.100.7'), addressed('203.0.113.7')]
  t.strictSame(new Set(told([cart], ...soughts, ...outside)), new Set([cart.id]))
})

t.test('of two families the one is found in which somebody serves, the first if both do', async t => {
  t.strictSame(told(dual([at('10.244.0.7', 80)]), named('dual')), ['shop/dual/TCP'])
  t.strictSame(told(dual([]), named('dual')), ['shop/dual/TCP/IPv6'])
  t.strictSame(told(dual([]), addressed('10.96.31.5')), ['shop/dual/TCP'], 'by address there is no choice')
})

t.test('nobody is led anywhere but to Services', async t => {
  const soughts = ['127.0.0.1', '10.244.0.7', '10.96.31.9', '::1', '203.0.113.8', '203.0.113.9'].map(each =>
    addressed(each),
  )
  t.strictSame(new Set(told([cart], ...soughts, named('www.example.com'))), new Set([foreign]))
})

t.test('who asks for what a Service has not is told what it has', async t => {
  t.strictSame(
    told([cart, admin, dns], named('cart', 81), addressed('10.96.31.4', 30080), named('cart', 0)),
    [
      'connection refused: shop/cart has no TCP port 81, but 80, 8443',
      'connection refused: shop/cart has no TCP port 30080, but 80, 8443',
      'connection refused: shop/cart has no TCP port 0, but 80, 8443',
    ],
  )
  t.strictSame(told([dns], named('dns', 53), addressed('10.96.0.10', 53), named('dns')), [
    'connection refused: shop/dns has port 53 for UDP only; what to do: send datagrams to local port 14003',
    'connection refused: shop/dns has port 53 for UDP only; what to do: send datagrams to local port 14003',
    'connection refused: shop/dns has no TCP port 80',
  ])
})

t.test('who asks for a Service that is not served is told why', async t => {
  t.strictSame(told([cart], named('bank'), named('web'), named('web-0.web.shop.svc')), [
    'unknown host: there is no Service shop/bank',
    'unknown host: shop/web is not served: headless',
    'unknown host: single pods and ports have no names here, only Services have',
  ])
  t.strictSame(told(undefined, named('cart')), ['failed: the Services of the cluster are not known yet'])
})
