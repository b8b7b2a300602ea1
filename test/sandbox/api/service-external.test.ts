import t from 'tap'
import type { ApiObject } from '../../../lib/sandbox/api-object.js'
import { at, listAt, numberAt, textsAt } from '../../../lib/sandbox/json.js'
import type { Store } from '../../../lib/sandbox/api/store/store.js'
import { newStore, service } from './sandbox.js'

const balanced = { type: 'LoadBalancer' }
const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }

const refusal = (act: () => unknown): string => {
  try {
    act()
    return 'accepted'
  } catch (error) {
    return error instanceof Error ? error.message.replace('Service "cart" is invalid: ', '') : 'no error'
  }
}

const change = (store: Store, made: ApiObject, spec: object): ApiObject =>
  store.update('services', { ...made, spec: { ...Object(made.spec), ...spec } })

const nodePorts = (made: ApiObject): readonly unknown[] =>
  listAt(made, 'spec', 'ports').map(port => at(port, 'nodePort'))

t.test('what clients from outside are to use is refused in the words of the API', async t => {
  const store = newStore({ serviceCidrs: ['10.96.0.0/16', 'fd00:96::/112'] })
  const onlyBalanced = "Forbidden: may only be used when `type` is 'LoadBalancer'"
  const external = 'may not be set for ExternalName services'
  const cases: readonly (readonly [object, string])[] = [
    [
      { externalIPs: ['192.0.2.1', 'nowhere', '127.0.0.1'] },
      '[spec.externalIPs[1]: Invalid value: "nowhere": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff), ' +
        'spec.externalIPs[2]: Invalid value: "127.0.0.1": may not be in the loopback range]',
    ],
    [{ loadBalancerSourceRanges: ['10.0.0.0/8'] }, `spec.LoadBalancerSourceRanges: ${onlyBalanced}`],
    [
      { ...balanced, loadBalancerSourceRanges: [' 10.0.0.0/8 ', '10.0.0.0'] },
      'spec.LoadBalancerSourceRanges[1]: Invalid value: "10.0.0.0": must be a valid CIDR value, ' +
        '(e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
    [{ allocateLoadBalancerNodePorts: false }, `spec.allocateLoadBalancerNodePorts: ${onlyBalanced}`],
    [{ loadBalancerClass: 'example.com/fast' }, `spec.loadBalancerClass: ${onlyBalanced}`],
    [
      { ...balanced, healthCheckNodePort: 30_000 },
      "spec.healthCheckNodePort: Invalid value: 30000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    ],
    [
      { ...local, healthCheckNodePort: 80 },
      'spec.healthCheckNodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
    [
      {
        type: 'NodePort',
        ports: [
          { name: 'a', port: 1, nodePort: 30_000 },
          { name: 'b', port: 2, nodePort: 30_000 },
        ],
      },
      'spec.ports[1].nodePort: Duplicate value: 30000',
    ],
    [
      { internalTrafficPolicy: 'Near' },
      'spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"',
    ],
    [
      { trafficDistribution: 'Near' },
      'spec.trafficDistribution: Unsupported value: "Near": supported values: "PreferClose", "PreferSameNode", "PreferSameZone"',
    ],
    [
      { type: 'NodePort', clusterIP: 'None' },
      `spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services`,
    ],
    [
      { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9', '10.96.0.10'] },
      'spec.clusterIPs: Invalid value: ["10.96.0.9","10.96.0.10"]: may specify no more than one IP for each IP family',
    ],
    [
      { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.10'] },
      'spec.clusterIPs: Invalid value: ["10.96.0.10"]: first value must match `clusterIP`',
    ],
    [
      { ipFamilies: ['IPv5'] },
      'spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
    ],
    [
      { ipFamilies: ['IPv4', 'IPv6'] },
      "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
    ],
    [
      { type: 'ExternalName', externalName: 'example.com', ipFamilyPolicy: 'SingleStack' },
      `spec.ipFamilyPolicy: Forbidden: ${external}`,
    ],
  ]
  for (const [spec, expected] of cases)
    t.equal(
      refusal(() => store.create('services', service('cart', spec))),
      expected,
    )
})

t.test('a cluster with one family refuses what needs the other', async t => {
  const refused = (spec: object): string =>
    refusal(() => newStore().create('services', service('cart', spec)))
  t.equal(
    refused({ ipFamilyPolicy: 'RequireDualStack' }),
    'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  )
  t.match(refused({ ipFamilies: ['IPv6'] }), /IPv6.*not configured on this cluster/)
  const made = newStore().create('services', service('cart', { ipFamilyPolicy: 'PreferDualStack' }))
  t.strictSame(textsAt(made, 'spec', 'ipFamilies'), ['IPv4'])
})

t.test('a Service can become dual stack, and keeps its first address', async t => {
  const store = newStore({ serviceCidrs: ['10.96.0.0/16', 'fd00:96::/112'] })
  const made = store.create('services', service('cart'))
  const [first] = textsAt(made, 'spec', 'clusterIPs')
  const both = change(store, made, { ipFamilyPolicy: 'PreferDualStack' })
  t.strictSame(textsAt(both, 'spec', 'ipFamilies'), ['IPv4', 'IPv6'])
  t.equal(textsAt(both, 'spec', 'clusterIPs')[0], first)
  t.match(textsAt(both, 'spec', 'clusterIPs')[1], /^fd00:96::/)
})

t.test('dual stack with IPv6 first has its IPv6 address first', async t => {
  const store = newStore({ serviceCidrs: ['10.96.0.0/16', 'fd00:96::/112'] })
  const spec = { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv6', 'IPv4'] }
  const made = store.create('services', service('cart', spec))
  t.match(textsAt(made, 'spec', 'clusterIPs'), [/^fd00:96::/, /^10\.96\./])
})

t.test('a node port stays with its port by name, whatever else changes', async t => {
  const store = newStore()
  const ports = [
    { name: 'a', port: 1 },
    { name: 'b', port: 2 },
  ]
  const made = store.create('services', service('cart', { type: 'NodePort', ports }))
  const [a, b] = nodePorts(made)
  const moved = change(store, made, {
    ports: [
      { name: 'b', port: 3 },
      { name: 'a', port: 1 },
    ],
  })
  t.strictSame(nodePorts(moved), [b, a])
  const balanced = change(store, moved, { type: 'LoadBalancer' })
  t.strictSame(nodePorts(balanced), [b, a])
  const without = change(store, balanced, { allocateLoadBalancerNodePorts: false })
  t.strictSame(nodePorts(without), [b, a])
})

t.test('a load balancer that wants no node ports gets none, but the one it names', async t => {
  const ports = [
    { name: 'a', port: 1 },
    { name: 'b', port: 2, nodePort: 30_001 },
  ]
  const spec = { ...balanced, allocateLoadBalancerNodePorts: false, ports }
  const made = newStore().create('services', service('cart', spec))
  t.strictSame(nodePorts(made), [undefined, 30_001])
})

t.test('a health check port stays, cannot be changed, and goes with the policy', async t => {
  const store = newStore()
  const made = store.create('services', service('cart', local))
  const port = numberAt(made, 'spec', 'healthCheckNodePort')
  t.match(port, Number)
  const again = store.update('services', {
    metadata: made.metadata,
    spec: { ...local, ports: [{ port: 80 }] },
  })
  t.equal(numberAt(again, 'spec', 'healthCheckNodePort'), port)
  t.equal(
    refusal(() => change(store, again, { healthCheckNodePort: 32_000 })),
    'spec.healthCheckNodePort: Forbidden: field is immutable',
  )
  const cluster = change(store, again, { externalTrafficPolicy: 'Cluster' })
  t.equal(at(cluster, 'spec', 'healthCheckNodePort'), undefined)
})

t.test('external IPs alone make a policy for traffic from outside', async t => {
  const store = newStore()
  const made = store.create('services', service('cart', { externalIPs: ['192.0.2.1'] }))
  t.equal(at(made, 'spec', 'externalTrafficPolicy'), 'Cluster')
  t.equal(at(change(store, made, { externalIPs: [] }), 'spec', 'externalTrafficPolicy'), undefined)
})

t.test('what a load balancer says of itself is filled in, checked, and gone with the type', async t => {
  const store = newStore()
  const made = store.create('services', service('cart', balanced))
  const say = (...ingress: readonly object[]): ApiObject =>
    store.update('services', { ...made, metadata: { name: 'cart' }, status: { loadBalancer: { ingress } } })
  const proxied = { ip: '192.0.2.2', ipMode: 'Proxy' }
  const said = say({ ip: '192.0.2.1' }, proxied, { hostname: 'lb.example.com' })
  t.strictSame(at(said, 'status', 'loadBalancer', 'ingress'), [
    { ipMode: 'VIP', ip: '192.0.2.1' },
    { ipMode: 'Proxy', ip: '192.0.2.2' },
    { hostname: 'lb.example.com' },
  ])
  const field = 'status.loadBalancer.ingress'
  const wrong: readonly (readonly [object, string])[] = [
    [
      { ip: 'here' },
      `${field}[0].ip: Invalid value: "here": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)`,
    ],
    [
      { ip: '192.0.2.1', ipMode: 'Direct' },
      `${field}[0].ipMode: Unsupported value: "Direct": supported values: "Proxy", "VIP"`,
    ],
    [
      { hostname: 'a', ipMode: 'VIP' },
      `${field}[0].ipMode: Forbidden: may not be specified when \`ip\` is not set`,
    ],
    [
      { hostname: '192.0.2.1' },
      `${field}[0].hostname: Invalid value: "192.0.2.1": must be a DNS name, not an IP address`,
    ],
  ]
  for (const [ingress, expected] of wrong)
    t.equal(
      refusal(() => say(ingress)),
      expected,
    )
  const plain = change(store, said, { type: 'NodePort' })
  t.strictSame(plain.status, { loadBalancer: {} })
  const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }
  t.equal(
    refusal(() => store.update('services', { ...plain, metadata: { name: 'cart' }, status })),
    `${field}: Forbidden: may only be used when \`spec.type\` is 'LoadBalancer'`,
  )
})
