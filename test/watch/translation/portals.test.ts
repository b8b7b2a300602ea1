import t from 'tap'
import { cidr } from '../../../lib/model/cidr.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { port } from '../../../lib/model/port.js'
import { node, service, type ServiceParts, slice } from '../api-objects.js'
import { type Objects, translation } from '../translation.js'

const serving = '10.244.1.1:8080'
const cart = `shop/cart/TCP at 10.96.0.10:80`

const slices = [slice()]
const of = (...parts: readonly ServiceParts[]): Objects => ({ services: parts.map(service), slices })
const ports = [{ port: 80, nodePort: 30_080 }]
const nodePort: ServiceParts = { spec: { type: 'NodePort', ports } }
const ingress = (...each: readonly unknown[]): unknown => ({ loadBalancer: { ingress: each } })
const balanced = (spec: Readonly<Record<string, unknown>> = {}, ip = '203.0.113.1'): ServiceParts => ({
  spec: { type: 'LoadBalancer', ...spec },
  status: ingress({ ip }),
})

t.test('a Service of type NodePort is met at its node ports, too', async t => {
  t.strictSame(translation(of(nodePort)), [`${cart}, node-port *:30080 -> ${serving}`])
})

t.test('a Service of type LoadBalancer has node ports only where it was given some', async t => {
  const status = ingress({ ip: '203.0.113.1' })
  t.strictSame(translation(of({ spec: { type: 'LoadBalancer', ports }, status })), [
    `${cart}, load-balancer 203.0.113.1:80, node-port *:30080 -> ${serving}`,
  ])
  t.strictSame(translation(of(balanced({ ports: [{ port: 80, nodePort: 0 }] }))), [
    `${cart}, load-balancer 203.0.113.1:80 -> ${serving}`,
  ])
})

t.test('a Service that became ClusterIP again has neither node ports nor load-balancer IPs', async t => {
  t.strictSame(
    translation(of({ spec: { type: 'ClusterIP', ports }, status: ingress({ ip: '203.0.113.1' }) })),
    [`${cart} -> ${serving}`],
  )
})

t.test('a node port that is none is named, and the port is met elsewhere', async t => {
  t.strictSame(translation(of({ spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 70_000 }] } })), [
    `${cart} -> ${serving}`,
    'refused: Service shop/cart: its port 80 has the node port 70000, which is not from 1 to 65535',
  ])
})

t.test('one number is a node port for TCP and for UDP', async t => {
  const both = ['TCP', 'UDP'].map(protocol => ({
    name: protocol.toLowerCase(),
    protocol,
    port: 53,
    nodePort: 30_053,
  }))
  t.strictSame(translation(of({ spec: { type: 'NodePort', ports: both } })), [
    'shop/cart:tcp/TCP at 10.96.0.10:53, node-port *:30053 -> nobody',
    'shop/cart:udp/UDP at 10.96.0.10:53, node-port *:30053 -> nobody',
  ])
})

t.test('a Service of any type is met at its external IPs, each once', async t => {
  const externalIPs = ['198.51.100.1', '198.51.100.2', '198.51.100.1']
  t.strictSame(translation(of({ spec: { externalIPs } })), [
    `${cart}, external-ip 198.51.100.1:80, external-ip 198.51.100.2:80 -> ${serving}`,
  ])
})

t.test(
  'a load balancer that connects to node ports is left its IP, and one with a host name has none',
  async t => {
    const status = ingress(
      { ip: '203.0.113.1', ipMode: 'VIP' },
      { ip: '203.0.113.2', ipMode: 'Proxy' },
      { hostname: 'lb.example.com' },
    )
    t.strictSame(translation(of({ spec: { type: 'LoadBalancer' }, status })), [
      `${cart}, load-balancer 203.0.113.1:80 -> ${serving}`,
      'not for us: Service shop/cart: its load-balancer IP 203.0.113.2 has ipMode "Proxy": its load balancer connects to node ports',
    ])
  },
)

const badAddresses: Readonly<Record<string, readonly [string, string]>> = {
  'is no address': ['x', 'its external IP "x" is no IP address'],
  'is the node itself': ['127.0.0.1', 'its external IP 127.0.0.1 is an IPv4 loopback address'],
  'is link-local': ['169.254.169.254', 'its external IP 169.254.169.254 is an IPv4 link-local address'],
  'is multicast': ['224.0.0.1', 'its external IP 224.0.0.1 is an IPv4 multicast address'],
  'is unspecified': ['0.0.0.0', 'its external IP 0.0.0.0 is an IPv4 unspecified address'],
  'is broadcast': ['255.255.255.255', 'its external IP 255.255.255.255 is an IPv4 broadcast address'],
  'is where cluster IPs are from': [
    '10.96.77.7',
    'its external IP 10.96.77.7 is in 10.96.0.0/16, where cluster IPs are from',
  ],
  'is nowhere that we were told': ['192.0.2.1', 'its external IP 192.0.2.1 is in none of --external-cidrs'],
  'is of a family that its Service is not': [
    'fd00::1',
    'its external IP fd00::1 is IPv6, and its cluster IP is not',
  ],
}

const rules = {
  serviceCidrs: [cidr('10.96.0.0/16')],
  externalCidrs: [cidr('198.51.100.0/24'), cidr('10.0.0.0/8')],
}

for (const [what, [address, reason]] of Object.entries(badAddresses))
  t.test(`an external IP that ${what} is refused, and the others are not`, async t => {
    t.strictSame(translation(of({ spec: { externalIPs: [address, '198.51.100.1'] } }), { rules }), [
      `${cart}, external-ip 198.51.100.1:80 -> ${serving}`,
      `refused: Service shop/cart: ${reason}`,
    ])
  })

t.test('a load-balancer IP is held to the same rules', async t => {
  t.strictSame(translation(of(balanced({}, '8.8.8.8')), { rules }), [
    `${cart} -> ${serving}`,
    'refused: Service shop/cart: its load-balancer IP 8.8.8.8 is in none of --external-cidrs',
  ])
})

t.test("nobody is met at the API server's address and port, but elsewhere at that address", async t => {
  const apiServer = { address: ipAddress('192.0.2.1'), port: port(6443) }
  const two = [
    { name: 'api', port: 6443 },
    { name: 'http', port: 80 },
    { name: 'udp', protocol: 'UDP', port: 6443 },
  ]
  const ofApi = of({ spec: { ports: two, externalIPs: ['192.0.2.1'] } })
  t.strictSame(translation(ofApi, { rules: { serviceCidrs: [], apiServers: [apiServer] } }), [
    'shop/cart:api/TCP at 10.96.0.10:6443 -> nobody',
    'shop/cart:http/TCP at 10.96.0.10:80, external-ip 192.0.2.1:80 -> nobody',
    'shop/cart:udp/UDP at 10.96.0.10:6443, external-ip 192.0.2.1:6443 -> nobody',
    'refused: Service shop/cart: 192.0.2.1:6443 is where the API server is asked',
  ])
})

t.test(
  "where external IPs take whole addresses, nobody gets the API server's, whatever the port",
  async t => {
    const apiServer = { address: ipAddress('192.0.2.1'), port: port(6443) }
    const ports = [
      { name: 'http', port: 80 },
      { name: 'udp', protocol: 'UDP', port: 6443 },
    ]
    const ofApi = of({ spec: { ports, externalIPs: ['192.0.2.1', '192.0.2.2'] } })
    t.strictSame(
      translation(ofApi, {
        rules: { serviceCidrs: [], apiServers: [apiServer], externalIpsTake: 'addresses' },
      }),
      [
        'shop/cart:http/TCP at 10.96.0.10:80, external-ip 192.0.2.2:80 -> nobody',
        'shop/cart:udp/UDP at 10.96.0.10:6443, external-ip 192.0.2.2:6443 -> nobody',
        'refused: Service shop/cart: 192.0.2.1:80 would take all of the address where the API server is asked',
        'refused: Service shop/cart: 192.0.2.1:6443 would take all of the address where the API server is asked',
      ],
    )
  },
)

t.test("no node port is the API server's port where that runs on this node", async t => {
  const spec = { type: 'NodePort', ports: [{ port: 80, nodePort: 6443 }] }
  for (const address of ['192.0.2.1', '127.0.0.1']) {
    const apiServer = { address: ipAddress(address), port: port(6443) }
    t.strictSame(
      translation(
        { ...of({ spec }), node: node() },
        { rules: { serviceCidrs: [], apiServers: [apiServer] } },
      ),
      [`${cart} -> ${serving}`, 'refused: Service shop/cart: *:6443 is where the API server is asked'],
      address,
    )
  }
  const elsewhere = { address: ipAddress('192.0.2.9'), port: port(6443) }
  t.strictSame(
    translation({ ...of({ spec }), node: node() }, { rules: { serviceCidrs: [], apiServers: [elsewhere] } }),
    [`${cart}, node-port *:6443 -> ${serving}`],
  )
})

const ranges = (...loadBalancerSourceRanges: readonly unknown[]): readonly string[] =>
  translation({ ...of(balanced({ loadBalancerSourceRanges })), node: node() })

const from = (sources: string): string => `${cart}, load-balancer 203.0.113.1:80${sources} -> ${serving}`

t.test('clients of a load-balancer IP may come from its source ranges only', async t => {
  t.strictSame(ranges(' 10.1.0.0/16 ', '10.2.3.4/32'), [from(' from 10.1.0.0/16, 10.2.3.4/32')])
})

t.test('a source range of everything allows everybody', async t => {
  t.strictSame(ranges('10.1.0.0/16', '0.0.0.0/0'), [from('')])
})

t.test('a family without source ranges of its own is open', async t => {
  t.strictSame(ranges('fd00::/8'), [from('')])
})

t.test('a bad source range lets nobody in, and the others those whom they name', async t => {
  const bad = `refused: Service shop/cart: its loadBalancerSourceRanges: a range of addresses is written like 10.0.0.0/8, not "10.1.2.3"`
  t.strictSame(ranges('10.1.2.3', '10.1.0.0/16'), [from(' from 10.1.0.0/16'), bad])
  t.strictSame(ranges('10.1.2.3'), [from(' from nowhere'), bad])
})

t.test('a node that may come reaches a load-balancer IP that is its own, too', async t => {
  t.strictSame(ranges('192.0.2.0/24'), [from(' from 192.0.2.0/24, 203.0.113.1/32')])
})

t.test('the annotation for source ranges is for load balancers', async t => {
  const annotations = { 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8' }
  t.strictSame(translation(of({ ...balanced(), annotations })), [
    from(''),
    'not for us: Service shop/cart: its annotation service.beta.kubernetes.io/load-balancer-source-ranges is for load balancers: nodes read its spec',
  ])
})

t.test('an external IP that is a load-balancer IP, too, keeps the source ranges', async t => {
  t.strictSame(
    translation(of(balanced({ externalIPs: ['203.0.113.1'], loadBalancerSourceRanges: ['10.0.0.0/8'] }))),
    [from(' from 10.0.0.0/8')],
  )
})
