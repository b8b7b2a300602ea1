import t from 'tap'
import { at, node, service, slice } from '../api-objects.js'
import { translation } from '../translation.js'

const here = { nodeName: 'worker' }
const there = { nodeName: 'other' }
const ending = { ready: false, serving: true, terminating: true }
const unready = { ready: false, serving: false }

/** What becomes of a Service with `spec` on our Node. */
const policy = (spec: Readonly<Record<string, unknown>>, ...endpoints: readonly unknown[]): string[] =>
  translation({ services: [service({ spec })], slices: [slice({ endpoints })], node: node() })

const internal = { internalTrafficPolicy: 'Local' }
const ofInternal = (...endpoints: readonly unknown[]): string[] => policy(internal, ...endpoints)
const local = 'shop/cart/TCP/Local at 10.96.0.10:80 ->'

t.test('under the internal policy Local, clients of a cluster IP are served on this node only', async t => {
  t.strictSame(ofInternal(at('10.244.1.1', {}, here), at('10.244.2.1', {}, there)), [
    `${local} 10.244.1.1:8080`,
  ])
})

t.test('where only others serve, clients are dropped, and where nobody does, refused', async t => {
  t.strictSame(ofInternal(at('10.244.2.1', {}, there)), [`${local} nobody here`])
  t.strictSame(ofInternal(at('10.244.2.1', ending, there)), [`${local} nobody here`])
  t.strictSame(ofInternal(at('10.244.2.1', unready, there)), [`${local} nobody`])
})

t.test('those that end here serve while none here is ready, whatever is ready elsewhere', async t => {
  t.strictSame(ofInternal(at('10.244.1.1', ending, here), at('10.244.2.1', {}, there)), [
    `${local} 10.244.1.1:8080`,
  ])
  t.strictSame(ofInternal(at('10.244.1.1', ending, here), at('10.244.1.2', {}, here)), [
    `${local} 10.244.1.2:8080`,
  ])
  t.strictSame(policy({}, at('10.244.1.1', ending, here), at('10.244.2.1', {}, there)), [
    'shop/cart/TCP at 10.96.0.10:80 -> 10.244.2.1:8080',
  ])
})

t.test('an endpoint without a node is on none', async t => {
  t.strictSame(ofInternal(at('10.244.1.1')), [`${local} nobody here`])
})

const external = {
  type: 'NodePort',
  externalTrafficPolicy: 'Local',
  ports: [{ port: 80, nodePort: 30_080 }],
  externalIPs: ['198.51.100.1'],
}
const outside = (clients: string): string =>
  `external-ip 198.51.100.1:80 for ${clients}, node-port *:30080 for ${clients}`

t.test('under the external policy Local, outsiders are served on this node and insiders by all', async t => {
  t.strictSame(policy(external, at('10.244.1.1', {}, here), at('10.244.2.1', {}, there)), [
    `shop/cart/TCP at 10.96.0.10:80, ${outside('insiders')} -> 10.244.1.1:8080 10.244.2.1:8080`,
    `shop/cart/TCP/Local at ${outside('outsiders')} -> 10.244.1.1:8080`,
  ])
})

t.test('both policies Local leave insiders of external portals all endpoints', async t => {
  t.strictSame(policy({ ...external, ...internal }, at('10.244.2.1', {}, there)), [
    `shop/cart/TCP at ${outside('insiders')} -> 10.244.2.1:8080`,
    `shop/cart/TCP/Local at 10.96.0.10:80, ${outside('outsiders')} -> nobody here`,
  ])
})

t.test('an external policy means nothing where there is no external portal', async t => {
  t.strictSame(policy({ externalTrafficPolicy: 'Local' }, at('10.244.2.1', {}, there)), [
    'shop/cart/TCP at 10.96.0.10:80 -> 10.244.2.1:8080',
  ])
})

t.test('where we are no Node, policies count as Cluster', async t => {
  const services = [service({ spec: { ...external, ...internal } })]
  const slices = [slice({ endpoints: [at('10.244.2.1', {}, there)] })]
  t.strictSame(translation({ services, slices }), [
    'shop/cart/TCP at 10.96.0.10:80, external-ip 198.51.100.1:80, node-port *:30080 -> 10.244.2.1:8080',
  ])
})

const hinted = (address: string, ...zones: readonly string[]): unknown =>
  at(address, {}, { hints: { forZones: zones.map(name => ({ name })) } })
const forNodes = (address: string, ...nodes: readonly string[]): unknown =>
  at(address, {}, { hints: { forNodes: nodes.map(name => ({ name })), forZones: [{ name: 'east' }] } })
const whole = 'shop/cart/TCP at 10.96.0.10:80 ->'

t.test('endpoints that are meant for our zone serve', async t => {
  t.strictSame(policy({}, hinted('10.244.1.1', 'east', 'west'), hinted('10.244.1.2', 'west')), [
    `${whole} 10.244.1.1:8080`,
  ])
})

t.test('endpoints that are meant for our node serve before those for our zone', async t => {
  t.strictSame(policy({}, forNodes('10.244.1.1', 'worker'), forNodes('10.244.1.2', 'other')), [
    `${whole} 10.244.1.1:8080`,
  ])
  t.strictSame(policy({}, forNodes('10.244.1.1', 'third'), hinted('10.244.1.2', 'west')), [
    `${whole} 10.244.1.1:8080`,
  ])
})

t.test('hints that one ready endpoint lacks, or that name no place of ours, are none', async t => {
  t.strictSame(policy({}, hinted('10.244.1.1', 'east'), at('10.244.1.2')), [
    `${whole} 10.244.1.1:8080 10.244.1.2:8080`,
  ])
  t.strictSame(policy({}, hinted('10.244.1.1', 'west'), hinted('10.244.1.2', 'north')), [
    `${whole} 10.244.1.1:8080 10.244.1.2:8080`,
  ])
  t.strictSame(policy({}, hinted('10.244.1.1', 'east'), at('10.244.1.2', unready)), [
    `${whole} 10.244.1.1:8080`,
  ])
})

t.test('hints do not matter to policies Local, nor to those that end', async t => {
  t.strictSame(policy(internal, at('10.244.1.1', {}, { ...here, hints: { forZones: [{ name: 'west' }] } })), [
    `${local} 10.244.1.1:8080`,
  ])
  t.strictSame(policy({}, at('10.244.1.1', ending, { hints: { forZones: [{ name: 'west' }] } })), [
    `${whole} 10.244.1.1:8080`,
  ])
})

const balanced = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 32_000 }
const healthOf = (spec: Readonly<Record<string, unknown>>, ...endpoints: readonly unknown[]): string[] =>
  policy(spec, ...endpoints).filter(line => line.startsWith('health'))

t.test('load balancers are told how many addresses are ready here, whatever their ports', async t => {
  const ports = [
    { name: 'a', port: 8080 },
    { name: 'b', port: 9090 },
  ]
  const endpoints = [at('10.244.1.1', {}, here), at('10.244.1.2', ending, here), at('10.244.2.1', {}, there)]
  t.strictSame(
    translation({
      services: [service({ spec: balanced })],
      slices: [
        slice({ ports, endpoints }),
        slice({ name: 'cart-2', endpoints: [at('10.244.1.1', {}, here)] }),
      ],
      node: node(),
    }).filter(line => line.startsWith('health')),
    ['health check of shop/cart at 32000: 1'],
  )
  t.strictSame(healthOf(balanced, at('10.244.2.1', {}, there)), ['health check of shop/cart at 32000: 0'])
})

t.test('a pod with an address of each family is one to load balancers', async t => {
  const slices = [
    slice({ endpoints: [at('10.244.1.1', {}, here)] }),
    slice({ name: 'cart-6', addressType: 'IPv6', endpoints: [at('fd00::1:1', {}, here)] }),
  ]
  const said = translation({ services: [service({ spec: balanced })], slices, node: node() })
  t.ok(said.includes('health check of shop/cart at 32000: 1'))
})

t.test('only a Service of type LoadBalancer with the external policy Local is asked for', async t => {
  t.strictSame(healthOf({ ...balanced, type: 'NodePort' }), [])
  t.strictSame(healthOf({ ...balanced, externalTrafficPolicy: 'Cluster' }), [])
  t.strictSame(healthOf({ ...balanced, healthCheckNodePort: 0 }), [])
})
