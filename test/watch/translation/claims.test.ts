import t from 'tap'
import { at, service, type ServiceParts, slice, type SliceParts } from '../api-objects.js'
import { translation } from '../translation.js'

const created = '2025-01-01T00:00:00Z'

const translated = (services: readonly ServiceParts[], ...slices: readonly SliceParts[]): string[] =>
  translation({ services: services.map(service), slices: slices.map(slice) })

/** The same whoever came first. */
const inAnyOrder = (one: ServiceParts, other: ServiceParts): readonly string[][] => [
  translated([one, other]),
  translated([other, one]),
]

t.test('a portal belongs to the older of two Services, and the other keeps its other portals', async t => {
  const spec = { type: 'NodePort', externalIPs: ['198.51.100.1'], ports: [{ port: 80, nodePort: 30_080 }] }
  const old = { name: 'old', created, spec: { ...spec, clusterIP: '10.96.0.20' } }
  for (const said of inAnyOrder(old, { spec: { ...spec, externalIPs: ['198.51.100.1', '198.51.100.2'] } }))
    t.strictSame(said, [
      'shop/cart/TCP at 10.96.0.10:80, external-ip 198.51.100.2:80 -> nobody',
      'shop/old/TCP at 10.96.0.20:80, external-ip 198.51.100.1:80, node-port *:30080 -> nobody',
      'refused: Service shop/cart: 198.51.100.1:80 belongs to Service shop/old, which is older',
      'refused: Service shop/cart: *:30080 belongs to Service shop/old, which is older',
    ])
})

t.test('a Service that does not say when it was made takes nothing from one that does', async t => {
  for (const bad of ['', '!', '0000', '2020-13-45T99:99:99Z', '2020-01-01', 'NaN', 0, null, {}])
    for (const said of inAnyOrder({}, { name: 'bad', created: bad }))
      t.equal(said[0], 'shop/cart/TCP at 10.96.0.10:80 -> nobody', `made ${JSON.stringify(bad)}`)
})

t.test('a Service of which nothing is left is not proxied', async t => {
  for (const said of inAnyOrder({ name: 'old', created }, {}))
    t.strictSame(said, [
      'shop/old/TCP at 10.96.0.10:80 -> nobody',
      'refused: Service shop/cart: 10.96.0.10:80 belongs to Service shop/old, which is older',
    ])
})

t.test('of two ports of a Service that claim one node port, the first has it', async t => {
  const ports = ['a', 'b'].map((name, index) => ({ name, port: 80 + index, nodePort: 30_080 }))
  t.strictSame(translated([{ spec: { type: 'NodePort', ports } }]), [
    'shop/cart:a/TCP at 10.96.0.10:80, node-port *:30080 -> nobody',
    'shop/cart:b/TCP at 10.96.0.10:81 -> nobody',
    'refused: Service shop/cart: *:30080 belongs to its port "a" already',
  ])
})

t.test(
  "an external IP that is somebody's cluster IP is refused, whatever the port and however old",
  async t => {
    const thief = {
      name: 'thief',
      created,
      spec: { clusterIP: '10.96.0.20', externalIPs: ['10.96.0.10'], ports: [{ port: 443 }] },
    }
    for (const said of inAnyOrder(thief, {}))
      t.strictSame(said, [
        'shop/cart/TCP at 10.96.0.10:80 -> nobody',
        'shop/thief/TCP at 10.96.0.20:443 -> nobody',
        'refused: Service shop/thief: its external IP 10.96.0.10 is the cluster IP of Service shop/cart',
      ])
  },
)

t.test('a load-balancer IP that is the cluster IP of a Service that others proxy is refused', async t => {
  const labels = { 'service.kubernetes.io/service-proxy-name': 'mesh' }
  const status = { loadBalancer: { ingress: [{ ip: '10.96.0.10' }] } }
  const thief = { name: 'thief', spec: { clusterIP: '10.96.0.20', type: 'LoadBalancer' }, status }
  t.strictSame(translated([{ labels }, thief]), [
    'shop/thief/TCP at 10.96.0.20:80 -> nobody',
    'not for us: Service shop/cart: its label service.kubernetes.io/service-proxy-name gives it to "mesh"',
    'refused: Service shop/thief: its load-balancer IP 10.96.0.10 is the cluster IP of Service shop/cart',
  ])
})

const external = {
  name: 'ext',
  spec: { clusterIP: '10.96.0.20', externalIPs: ['10.244.1.1'], ports: [{ port: 8080 }] },
}

t.test("no endpoint is another Service's external IP and port", async t => {
  t.strictSame(translated([{}, external], {}), [
    'shop/cart/TCP at 10.96.0.10:80 -> nobody',
    'shop/ext/TCP at 10.96.0.20:8080, external-ip 10.244.1.1:8080 -> nobody',
    'refused: EndpointSlice shop/cart-1: an endpoint may not be a portal: 10.244.1.1:8080 is a portal of Service shop/ext',
  ])
})

t.test('an endpoint at an external IP, but at another port or for another protocol, serves', async t => {
  for (const ports of [[{ port: 8081 }], [{ port: 8080, protocol: 'UDP' }]])
    t.match(translated([{}, { ...external, spec: { ...external.spec, ports } }], {}), [
      'shop/cart/TCP at 10.96.0.10:80 -> 10.244.1.1:8080',
    ])
})

t.test('a slice is reported once, however many of its endpoints are portals', async t => {
  const said = translated([{}, external], {
    ports: [{ port: 8080 }, { name: 'b', port: 1 }],
    endpoints: [at('10.244.1.1'), at('10.244.1.1'), at('10.96.0.20')],
  })
  t.strictSame(
    said.filter(line => line.startsWith('refused')),
    [
      'refused: EndpointSlice shop/cart-1: an endpoint may not be a portal: 10.244.1.1:8080 is a portal of Service shop/ext, 10.96.0.20 is the cluster IP of Service shop/ext',
    ],
  )
})
