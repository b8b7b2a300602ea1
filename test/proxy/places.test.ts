import t from 'tap'
import { endpointText } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { nodePortAddresses } from '../../lib/model/node-port-addresses.js'
import { port } from '../../lib/model/port.js'
import type { Portal } from '../../lib/model/portal.js'
import {
  ordinaryTraffic,
  type ServicePort,
  servicePortId,
  type Protocol,
} from '../../lib/model/service-port.js'
import { emptySnapshot } from '../../lib/model/snapshot.js'
import { heldPlaces, noPlaces } from '../../lib/proxy/places.js'

const snapshot = { ...emptySnapshot, nodeAddresses: ['172.18.0.2', 'fd00:18::2'].map(ipAddress) }
const addresses = () => ['127.0.0.1', '172.18.0.2', '192.168.7.7', '::1', 'fd00:18::2'].map(ipAddress)
const nodePort: Portal = { kind: 'node-port', port: port(30_080), clients: 'everybody' }

const servicePort = (protocol: Protocol, family: 'IPv4' | 'IPv6' = 'IPv4'): ServicePort => {
  const name = { namespace: 'shop', service: 'cart', port: '', protocol }
  const none = {
    portals: [],
    endpoints: [],
    othersServe: false,
    affinity: { kind: 'none' },
    terms: {},
  } as const
  return { ...none, ...ordinaryTraffic, family, name, id: servicePortId(name) }
}

const places = (which: string, ofPort: ServicePort, portal: Portal = nodePort): string[] =>
  heldPlaces({ addresses, nodePortAddresses: nodePortAddresses(which) })(portal, ofPort, snapshot).map(
    endpointText,
  )

t.test('a TCP node port is held at all addresses at once, those to come included', async t => {
  t.strictSame(places('', servicePort('TCP')), ['0.0.0.0:30080'])
  t.strictSame(places('', servicePort('TCP', 'IPv6')), ['[::]:30080'])
})

t.test('a UDP node port is held at each address, so that answers leave from the right one', async t => {
  t.strictSame(places('', servicePort('UDP')), ['127.0.0.1:30080', '172.18.0.2:30080', '192.168.7.7:30080'])
  t.strictSame(places('', servicePort('UDP', 'IPv6')), ['[::1]:30080', '[fd00:18::2]:30080'])
})

t.test('where --nodeport-addresses says which, node ports are held only there', async t => {
  t.strictSame(places('192.168.0.0/16', servicePort('TCP')), ['192.168.7.7:30080'])
  t.strictSame(places('primary', servicePort('TCP')), ['172.18.0.2:30080'])
  t.strictSame(places('primary', servicePort('TCP', 'IPv6')), ['[fd00:18::2]:30080'])
  t.strictSame(places('localhost', servicePort('UDP')), ['127.0.0.1:30080'])
  t.strictSame(places('localhost', servicePort('TCP', 'IPv6')), ['[::1]:30080'])
  t.strictSame(places('localhost,primary', servicePort('TCP')), ['127.0.0.1:30080', '172.18.0.2:30080'])
  t.strictSame(places('10.0.0.0/8', servicePort('TCP')), [], 'no address of this machine is in it')
})

t.test(
  'a family that --nodeport-addresses does not name has node ports everywhere, as with kube-proxy',
  async t => {
    t.strictSame(places('192.168.0.0/16', servicePort('TCP', 'IPv6')), ['[::1]:30080', '[fd00:18::2]:30080'])
  },
)

t.test('what makes no sense in --nodeport-addresses is refused', async t => {
  for (const text of ['everywhere', '192.168.0.7', 'primary,10.0.0.0/40'])
    t.throws(() => nodePortAddresses(text), RangeError)
})

t.test('cluster IPs, and what is for insiders, need no holding', async t => {
  const clusterIp: Portal = { kind: 'cluster-ip', address: ipAddress('10.96.0.10'), port: port(80) }
  t.strictSame(places('', servicePort('TCP'), clusterIp), [])
  t.strictSame(places('', servicePort('TCP'), { ...nodePort, clients: 'insiders' }), [])
})

t.test('without capture, no portal is listened on', async t => {
  t.strictSame(noPlaces(nodePort, servicePort('TCP'), snapshot), [])
})
