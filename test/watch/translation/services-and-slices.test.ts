import t from 'tap'
import { at, service, type ServiceParts, slice, type SliceParts } from '../api-objects.js'
import { translation } from '../translation.js'

const ofService = (parts: ServiceParts): string[] =>
  translation({ services: [service(parts)], slices: [slice()] })
const ofSlices = (...parts: readonly SliceParts[]): string[] =>
  translation({ services: [service()], slices: parts.map(slice) })
const ofEndpoints = (...endpoints: readonly unknown[]): string[] => ofSlices({ endpoints })

const cart = 'shop/cart/TCP at 10.96.0.10:80 ->'

t.test('a Service is met at its cluster IP and served by its ready endpoints', t => {
  t.strictSame(ofSlices({}), [`${cart} 10.244.1.1:8080`])
  t.end()
})

const leftOut: Readonly<Record<string, readonly [ServiceParts, string]>> = {
  'an ExternalName': [
    { spec: { type: 'ExternalName', clusterIP: undefined } },
    'not for us: Service shop/cart: ExternalName: DNS answers for it, so there is nothing to proxy',
  ],
  'a headless Service': [
    { spec: { clusterIP: 'None', clusterIPs: ['None'] } },
    'not for us: Service shop/cart: headless: clients connect to its endpoints themselves',
  ],
  'a Service without a cluster IP': [
    { spec: { clusterIP: '' } },
    'not for us: Service shop/cart: it has no cluster IP',
  ],
  "somebody else's Service": [
    { labels: { 'service.kubernetes.io/service-proxy-name': 'mesh' } },
    'not for us: Service shop/cart: its label service.kubernetes.io/service-proxy-name gives it to "mesh"',
  ],
  'an object labelled headless': [
    { labels: { 'service.kubernetes.io/headless': '' } },
    'not for us: Service shop/cart: its label service.kubernetes.io/headless says that nobody proxies it',
  ],
  'an SCTP port': [
    { spec: { ports: [{ protocol: 'SCTP', port: 132 }] } },
    'refused: Service shop/cart: its port 132 is SCTP, for which Node has no sockets',
  ],
  'a cluster IP that is no address': [
    { spec: { clusterIP: '10.96.0.1/32 -j ACCEPT' } },
    'refused: Service shop/cart: its cluster IP "10.96.0.1/32 -j ACCEPT" is no IP address',
  ],
  'a cluster IP that is the node itself': [
    { spec: { clusterIP: '127.0.0.1' } },
    'refused: Service shop/cart: its cluster IP 127.0.0.1 is an IPv4 loopback address',
  ],
  'a name that would end a rule': [
    { name: 'cart"\n-A INPUT' },
    'refused: Service shop/"cart\\"\\n-A INPUT": its name is no DNS label',
  ],
  'a namespace that is no name': [{ namespace: '' }, 'refused: Service ""/cart: its name is no DNS label'],
  'a port name that would end a rule': [
    { spec: { ports: [{ name: 'a\nb', port: 80 }] } },
    'refused: Service shop/cart: its port "a\\nb", 80, has a name that is no DNS label',
  ],
  'a port that is none': [
    { spec: { ports: [{ port: 70_000 }] } },
    'refused: Service shop/cart: its port 70000 is not from 1 to 65535',
  ],
  'a port without a number': [
    { spec: { ports: [{}] } },
    'refused: Service shop/cart: its port null is not from 1 to 65535',
  ],
  'a protocol that there is not': [
    { spec: { ports: [{ protocol: 'ICMP', port: 80 }] } },
    'refused: Service shop/cart: its port 80 has no protocol that there is',
  ],
}

for (const [what, [parts, said]] of Object.entries(leftOut))
  t.test(`${what} is left out, and why`, t => {
    t.strictSame(ofService(parts), [said])
    t.end()
  })

t.test('one bad port leaves the others of its Service alone', t => {
  const ports = [
    { name: 'a', port: 0 },
    { name: 'b', port: 80 },
    { name: 'c', port: 80 },
    { name: 'b', port: 81 },
  ]
  t.strictSame(ofService({ spec: { ports } }), [
    'shop/cart:b/TCP at 10.96.0.10:80 -> nobody',
    'refused: Service shop/cart: its port "a", 0, is not from 1 to 65535',
    'refused: Service shop/cart: its port "c", 80, is there twice',
    'refused: Service shop/cart: its port "b", 81, is there twice',
  ])
  t.end()
})

t.test('one number and one name may be TCP and UDP, each with the endpoints of its own protocol', t => {
  const services = [
    service({
      spec: {
        ports: [
          { name: 'dns', protocol: 'TCP', port: 53 },
          { name: 'dns', protocol: 'UDP', port: 53 },
        ],
      },
    }),
  ]
  const slices = [
    slice({ ports: [{ name: 'dns', protocol: 'UDP', port: 5353 }] }),
    slice({
      name: 'cart-2',
      ports: [{ name: 'dns', protocol: 'TCP', port: 53 }],
      endpoints: [at('10.244.1.2')],
    }),
  ]
  t.strictSame(translation({ services, slices }), [
    'shop/cart:dns/TCP at 10.96.0.10:53 -> 10.244.1.2:53',
    'shop/cart:dns/UDP at 10.96.0.10:53 -> 10.244.1.1:5353',
  ])
  t.end()
})

t.test('a name or a number that comes twice for UDP is refused, as for TCP', t => {
  const udp = { protocol: 'UDP', port: 53 }
  const ports = [
    { ...udp, name: 'a' },
    { ...udp, name: 'b' },
    { ...udp, name: 'a', port: 54 },
  ]
  t.strictSame(ofService({ spec: { ports } }), [
    'shop/cart:a/UDP at 10.96.0.10:53 -> nobody',
    'refused: Service shop/cart: its port "b", 53, is there twice',
    'refused: Service shop/cart: its port "a", 54, is there twice',
  ])
  t.end()
})

t.test('a client comes back to its endpoint for as long as the Service says, 3 h if it does not', t => {
  const sessionAffinity = 'ClientIP'
  const sessionAffinityConfig = { clientIP: { timeoutSeconds: 90 } }
  t.strictSame(ofService({ spec: { sessionAffinity } }), [
    `${cart} 10.244.1.1:8080 for the same client within 10800 s`,
  ])
  t.strictSame(ofService({ spec: { sessionAffinity, sessionAffinityConfig } }), [
    `${cart} 10.244.1.1:8080 for the same client within 90 s`,
  ])
  t.end()
})

t.test('what a slice does not say means ready', t => {
  t.strictSame(ofSlices({ endpoints: [{ addresses: ['10.244.1.1', '10.244.9.9'] }] }), [
    `${cart} 10.244.1.1:8080`,
  ])
  t.end()
})

t.test('only ready endpoints serve while there is one', t => {
  const ending = at('10.244.1.2', { ready: false, serving: true, terminating: true })
  const unready = at('10.244.1.3', { ready: false, serving: false })
  t.strictSame(ofEndpoints(at('10.244.1.1'), ending, unready), [`${cart} 10.244.1.1:8080`])
  t.strictSame(ofEndpoints(ending, unready), [`${cart} 10.244.1.2:8080`])
  t.strictSame(ofEndpoints(unready), [`${cart} nobody`])
  t.end()
})

t.test('slices are merged, each with its own port number, and duplicates once', t => {
  const other = { name: 'cart-2', ports: [{ name: '', port: 9090 }], endpoints: [at('10.244.1.2')] }
  t.strictSame(ofSlices({}, other, { name: 'cart-3' }), [`${cart} 10.244.1.1:8080 10.244.1.2:9090`])
  t.end()
})

t.test('a named target port may be another number in each slice, and counts by its name', t => {
  const services = [service({ spec: { ports: [{ name: 'web', port: 80, targetPort: 'http' }] } })]
  const slices = [
    slice({ name: 'old', ports: [{ name: 'web', port: 8080 }], endpoints: [at('10.244.1.1')] }),
    slice({ name: 'new', ports: [{ name: 'web', port: 9090 }], endpoints: [at('10.244.1.2')] }),
    slice({ name: 'none', ports: [{ name: 'http', port: 1 }], endpoints: [at('10.244.1.3')] }),
  ]
  t.strictSame(translation({ services, slices }), [
    'shop/cart:web/TCP at 10.96.0.10:80 -> 10.244.1.1:8080 10.244.1.2:9090',
  ])
  t.end()
})

t.test('a Service that publishes addresses that are not ready is served by them: its slices say ready', t => {
  const services = [service({ spec: { publishNotReadyAddresses: true } })]
  const endpoints = [at('10.244.1.1', { ready: true, serving: false, terminating: true })]
  t.strictSame(translation({ services, slices: [slice({ endpoints })] }), [`${cart} 10.244.1.1:8080`])
  t.end()
})

t.test('a Service without a selector is served by the slices that somebody made for it', t => {
  const services = [service({ spec: { selector: null } })]
  const made = slice({ name: 'by-hand', endpoints: [{ addresses: ['192.0.2.42'] }] })
  t.strictSame(translation({ services, slices: [made] }), [`${cart} 192.0.2.42:8080`])
  t.end()
})

t.test('of a pod that is in two slices, the one that is not terminating counts', t => {
  const ending = { name: 'cart-2', endpoints: [at('10.244.1.1', { ready: false, terminating: true })] }
  for (const both of [
    [{}, ending],
    [ending, {}],
  ])
    t.strictSame(ofSlices(...both), [`${cart} 10.244.1.1:8080`])
  t.end()
})

const badSlices: Readonly<Record<string, readonly [SliceParts, string]>> = {
  'loopback, link-local, broadcast, multicast and no address at all': [
    {
      endpoints: ['127.0.0.1', '169.254.169.254', '255.255.255.255', '224.0.0.1', 'x', null].map(each =>
        at(each),
      ),
    },
    'nothing is to be dialled at 127.0.0.1 (IPv4 loopback address), 169.254.169.254 (IPv4 link-local address), 255.255.255.255 (IPv4 broadcast address) and 3 more',
  ],
  'an IPv6 address among IPv4 ones': [
    { endpoints: [at('fd00::1')] },
    'nothing is to be dialled at fd00::1 (no IPv4)',
  ],
  'host names': [{ addressType: 'FQDN' }, 'its addressType is "FQDN", not IPv4 or IPv6'],
  'port -1': [{ ports: [{ port: -1 }] }, 'its port is -1, not from 1 to 65535'],
  'a port without a number': [{ ports: [{ name: 'http' }] }, 'its port "http" has no number'],
  'no ports': [{ ports: null }, 'its endpoints have no ports'],
  'an endpoint that is a portal': [
    { endpoints: [at('10.96.0.10')] },
    'an endpoint may not be a portal: 10.96.0.10 is the cluster IP of Service shop/cart',
  ],
}

for (const [what, [parts, reason]] of Object.entries(badSlices))
  t.test(`a slice with ${what} is refused, and its neighbour is not`, t => {
    const said = ofSlices({ name: 'bad', ...parts }, {})
    t.strictSame(said, [`${cart} 10.244.1.1:8080`, `refused: EndpointSlice shop/bad: ${reason}`])
    t.end()
  })

t.test("what is wrong with the slices of a Service that is not proxied is nobody's concern", t => {
  const services = [service({ spec: { clusterIP: 'None' } })]
  t.equal(translation({ services, slices: [slice({ ports: [{ port: 0 }] })] }).length, 1)
  t.end()
})

t.test('a TCP and a UDP Service may share an address and a port', t => {
  const udp = service({ name: 'dns', spec: { ports: [{ protocol: 'UDP', port: 80 }] } })
  t.strictSame(translation({ services: [service(), udp], slices: [slice()] }), [
    `${cart} 10.244.1.1:8080`,
    'shop/dns/UDP at 10.96.0.10:80 -> nobody',
  ])
  t.end()
})
