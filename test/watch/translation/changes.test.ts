import t, { type Test } from 'tap'
import { Composer } from '../../../lib/watch/translation/composer.js'
import { readEndpointSlice } from '../../../lib/watch/translation/endpoint-slice.js'
import { readNode } from '../../../lib/watch/translation/node.js'
import { readService } from '../../../lib/watch/translation/service.js'
import { at, node, service, type ServiceParts, slice } from '../api-objects.js'
import { anywhere, compositionText, type Objects, translation } from '../translation.js'

/** One composer that sees all of `steps`, and what each makes of it. The same as what each would make alone. */
const after = (t: Test, steps: readonly Objects[]): readonly (readonly string[])[] => {
  const composer = new Composer(anywhere)
  const texts = steps.map(({ services, slices, node: ours }) =>
    compositionText(
      composer.compose({
        services: services.map(readService),
        slices: slices.map(readEndpointSlice),
        node: ours === undefined ? undefined : readNode(ours),
      }),
    ),
  )
  t.strictSame(
    texts,
    steps.map(step => translation(step)),
  )
  return texts
}

/** A Service as it changes. */
const changing = (t: Test, ...parts: readonly ServiceParts[]): readonly (string | undefined)[] =>
  after(
    t,
    parts.map(each => ({ services: [service(each)], slices: [slice()] })),
  ).map(([first]) => first)

const served = 'shop/cart/TCP at 10.96.0.10:80 -> 10.244.1.1:8080'

t.test('a label that gives a Service to others takes effect when it comes and when it goes', async t => {
  for (const name of ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'])
    t.match(changing(t, {}, { labels: { [name]: 'x' } }, {}), [served, /^not for us: /, served])
})

t.test('a Service may change its type to any other and back', async t => {
  const ports = [{ port: 80, nodePort: 30_080 }]
  const status = { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } }
  t.strictSame(
    changing(
      t,
      {},
      { spec: { type: 'NodePort', ports } },
      { spec: { type: 'LoadBalancer', ports }, status },
      { spec: { type: 'ExternalName', clusterIP: undefined, ports } },
      { spec: { clusterIP: 'None' } },
      {},
    ),
    [
      served,
      'shop/cart/TCP at 10.96.0.10:80, node-port *:30080 -> 10.244.1.1:8080',
      'shop/cart/TCP at 10.96.0.10:80, load-balancer 203.0.113.1:80, node-port *:30080 -> 10.244.1.1:8080',
      'not for us: Service shop/cart: ExternalName: DNS answers for it, so there is nothing to proxy',
      'not for us: Service shop/cart: headless: clients connect to its endpoints themselves',
      served,
    ],
  )
})

const inZone = (zone: string): unknown => ({
  metadata: { name: 'worker', labels: { 'topology.kubernetes.io/zone': zone } },
})

t.test('our Node may appear, change its zone, and vanish', async t => {
  const services = [
    service(),
    service({ name: 'local', spec: { clusterIP: '10.96.0.20', internalTrafficPolicy: 'Local' } }),
  ]
  const zones = ['east', 'west'].map((zone, index) =>
    at(`10.244.1.${index + 1}`, {}, { hints: { forZones: [{ name: zone }] } }),
  )
  const slices = [
    slice({ endpoints: zones }),
    slice({ name: 'local-1', service: 'local', endpoints: [at('10.244.2.1', {}, { nodeName: 'other' })] }),
  ]
  const objects = { services, slices }
  const steps = [objects, { ...objects, node: inZone('east') }, { ...objects, node: inZone('west') }, objects]
  t.strictSame(after(t, steps), [
    [
      'shop/cart/TCP at 10.96.0.10:80 -> 10.244.1.1:8080 10.244.1.2:8080',
      'shop/local/TCP at 10.96.0.20:80 -> 10.244.2.1:8080',
    ],
    [
      'shop/cart/TCP at 10.96.0.10:80 -> 10.244.1.1:8080',
      'shop/local/TCP/Local at 10.96.0.20:80 -> nobody here',
    ],
    [
      'shop/cart/TCP at 10.96.0.10:80 -> 10.244.1.2:8080',
      'shop/local/TCP/Local at 10.96.0.20:80 -> nobody here',
    ],
    [
      'shop/cart/TCP at 10.96.0.10:80 -> 10.244.1.1:8080 10.244.1.2:8080',
      'shop/local/TCP at 10.96.0.20:80 -> 10.244.2.1:8080',
    ],
  ])
})

t.test('a portal passes on when the Service that had it goes', async t => {
  const old = service({ name: 'old', created: '2025-01-01T00:00:00Z' })
  const both = { services: [service(), old], slices: [slice()] }
  const steps = after(t, [both, { ...both, services: [service()] }, both])
  t.match(steps[0]?.[0], /^shop\/old/)
  t.strictSame(steps[1], [served])
  t.match(steps[2]?.[0], /^shop\/old/)
})

t.test("an endpoint serves while it is nobody's portal", async t => {
  const thief = service({
    name: 'thief',
    spec: { clusterIP: '10.96.0.20', externalIPs: ['10.244.1.1'], ports: [{ port: 8080 }] },
  })
  const alone = { services: [service()], slices: [slice()] }
  const steps = after(t, [alone, { ...alone, services: [service(), thief] }, alone])
  t.strictSame(
    steps.map(([first]) => first),
    [served, 'shop/cart/TCP at 10.96.0.10:80 -> nobody', served],
  )
})

t.test('a slice that is given to another Service serves that one', async t => {
  const services = [service(), service({ name: 'web', spec: { clusterIP: '10.96.0.20' } })]
  const steps = after(t, [
    { services, slices: [slice()] },
    { services, slices: [slice({ service: 'web' })] },
  ])
  t.strictSame(steps[1], [
    'shop/cart/TCP at 10.96.0.10:80 -> nobody',
    'shop/web/TCP at 10.96.0.20:80 -> 10.244.1.1:8080',
  ])
})

t.test('what a Node says of itself that is nobody’s concern makes nothing anew', async t => {
  const composer = new Composer(anywhere)
  const now = { services: [readService(service())], slices: [readEndpointSlice(slice())] }
  const [one, other] = [[], [{ key: 'x' }]].map(taints =>
    composer.compose({ ...now, node: readNode({ ...Object(node()), spec: { taints } }) }),
  )
  t.equal(one?.snapshot.servicePorts[0], other?.snapshot.servicePorts[0])
})
