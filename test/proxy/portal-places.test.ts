import t from 'tap'
import { endpointText } from '../../lib/model/endpoint.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { cidr } from '../../lib/model/cidr.js'
import { familyOf, ipAddress } from '../../lib/model/ip-address.js'
import { nodePortAddresses } from '../../lib/model/node-port-addresses.js'
import { port } from '../../lib/model/port.js'
import type { Portal } from '../../lib/model/portal.js'
import type { ServicePort } from '../../lib/model/service-port.js'
import { emptySnapshot } from '../../lib/model/snapshot.js'
import { PortalPlaces } from '../../lib/proxy/portal-places.js'
import { servicePort } from './stage.js'

const lent = ipAddress('fd00:96::10')
const broadcast = ipAddress('172.18.255.255')
const local = ['127.0.0.1', '172.18.0.2', '::1', 'fd00:18::2', lent].map(ipAddress)

const clusterIp: Portal = { kind: 'cluster-ip', address: ipAddress('10.96.0.10'), port: port(80) }
const nodePort: Portal = { kind: 'node-port', port: port(30_080), clients: 'everybody' }
const externalIp: Portal = { kind: 'external-ip', address: broadcast, port: port(80), clients: 'everybody' }
const balanced: Portal = { ...externalIp, kind: 'load-balancer', address: ipAddress('203.0.113.1') }
const cart = servicePort('cart', 1)

/** Places on this machine, and what was said of them. */
const stage = (which = '') => {
  const events: ProxyEvent[] = []
  const places = new PortalPlaces({
    addresses: () => local,
    nodePortAddresses: nodePortAddresses(which),
    routes: {
      isLent: address => address === lent,
      whyNot: address => (address === broadcast ? 'it is a broadcast address' : undefined),
    },
    report: event => void events.push(event),
  })
  let snapshot = { ...emptySnapshot }
  return {
    events,
    places: (portal: Portal, ofPort: ServicePort = cart): readonly string[] =>
      places.of(portal, ofPort, snapshot).map(endpointText),
    next: () => void (snapshot = { ...emptySnapshot }),
  }
}

t.test('all portals are listened on: node ports at each address of this machine', async t => {
  const { places, events } = stage()
  t.strictSame(places(clusterIp), ['10.96.0.10:80'])
  t.strictSame(places(balanced), ['203.0.113.1:80'])
  t.strictSame(places(nodePort), ['127.0.0.1:30080', '172.18.0.2:30080'])
  t.strictSame(events, [])
})

t.test('a node port is not at IPv6 addresses that are this machine’s only as portals', async t => {
  const { places } = stage()
  t.equal(familyOf(lent), 'IPv6')
  t.strictSame(places(nodePort, { ...cart, family: 'IPv6' }), ['[::1]:30080', '[fd00:18::2]:30080'])
})

t.test('where --nodeport-addresses says which, node ports are only there', async t => {
  const { places } = stage('172.18.0.0/16,fd00::/8')
  t.strictSame(places(nodePort), ['172.18.0.2:30080'])
  t.strictSame(places(nodePort, { ...cart, family: 'IPv6' }), ['[fd00:18::2]:30080'])
})

t.test('without endpoints nobody listens, so that clients are refused', async t => {
  const { places, events } = stage()
  for (const othersServe of [true, false])
    for (const portal of [clusterIp, nodePort, balanced])
      t.strictSame(places(portal, { ...cart, endpoints: [], othersServe }), [], portal.kind)
  t.strictSame(events, [])
})

t.test('what is for insiders is not listened on: nobody can tell them from others', async t => {
  const { places, events } = stage()
  t.strictSame(places({ ...nodePort, clients: 'insiders' }), [])
  t.strictSame(places({ ...balanced, clients: 'insiders', sources: [] }), [])
  t.strictSame(events, [])
})

t.test('a portal with source ranges lets nobody in, which is said once', async t => {
  const { places, events, next } = stage()
  for (let round = 0; round < 3; round++) {
    t.strictSame(places({ ...balanced, sources: [cidr('192.0.2.0/24')] }), [])
    t.strictSame(places({ ...balanced, sources: [cidr('192.0.2.0/24')] }), [])
    next()
  }
  t.strictSame(events, [
    {
      type: 'portal-failed',
      servicePort: cart.id,
      portal: '203.0.113.1:80',
      reason:
        'without iptables nobody can be kept out who is not in its loadBalancerSourceRanges (--capture redirect can)',
    },
  ])
})

t.test(
  'an address that cannot be this machine’s is not listened on, which is said again when it comes back',
  async t => {
    const { places, events, next } = stage()
    t.strictSame(places(externalIp), [])
    next()
    places(clusterIp)
    next()
    places(externalIp)
    const failed = { type: 'portal-failed', servicePort: cart.id, portal: '172.18.255.255:80' }
    t.strictSame(
      events,
      [1, 2].map(() => ({ ...failed, reason: 'it is a broadcast address' })),
    )
  },
)
