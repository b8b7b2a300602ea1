import t from 'tap'
import { at, listAt, textAt, textsAt } from '../../../lib/sandbox/json.js'
import type { Store } from '../../../lib/sandbox/api/store/store.js'
import { newStore, service } from './sandbox.js'

const refusal = (store: Store, spec: object): string => {
  try {
    store.create('services', service('cart', spec))
    return 'accepted'
  } catch (error) {
    return error instanceof Error ? error.message : 'no error'
  }
}

t.test('a Service with one port gets everything else', async t => {
  const made = newStore().create('services', service('cart'))
  const address = textAt(made, 'spec', 'clusterIP')
  t.match(address, /^10\.96\.\d+\.\d+$/)
  t.strictSame(made.spec, {
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    type: 'ClusterIP',
    clusterIP: address,
    clusterIPs: [address],
    sessionAffinity: 'None',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    internalTrafficPolicy: 'Cluster',
  })
  t.strictSame(made.status, { loadBalancer: {} })
})

t.test('client affinity lasts three hours unless the Service says otherwise', async t => {
  const store = newStore()
  const made = store.create('services', service('cart', { sessionAffinity: 'ClientIP' }))
  t.strictSame(at(made, 'spec', 'sessionAffinityConfig'), { clientIP: { timeoutSeconds: 10_800 } })
  const off = store.update('services', { ...made, spec: { ...Object(made.spec), sessionAffinity: 'None' } })
  t.equal(at(off, 'spec', 'sessionAffinityConfig'), undefined)
})

t.test('no two Services get the same address or node port', async t => {
  const store = newStore({ serviceCidrs: ['10.96.0.0/29'] })
  const make = (name: string) => store.create('services', service(name, { type: 'NodePort' }))
  const made = ['a', 'b', 'c', 'd', 'e', 'f'].map(make)
  t.equal(new Set(made.map(one => textAt(one, 'spec', 'clusterIP'))).size, 6)
  t.equal(new Set(made.map(one => at(listAt(one, 'spec', 'ports')[0], 'nodePort'))).size, 6)
  t.throws(() => make('g'), { code: 422 })
  store.remove('services', 'default', 'c')
  t.equal(textAt(make('g'), 'spec', 'clusterIP'), textAt(made[2], 'spec', 'clusterIP'))
})

t.test('TCP and UDP on one port share a node port', async t => {
  const ports = [
    { name: 'tcp', port: 53 },
    { name: 'udp', port: 53, protocol: 'UDP' },
  ]
  const made = newStore().create('services', service('dns', { type: 'NodePort', ports }))
  const [tcp, udp] = listAt(made, 'spec', 'ports')
  t.equal(at(tcp, 'nodePort'), at(udp, 'nodePort'))
})

t.test('dual stack gives an address of each family, in the order asked for', async t => {
  const store = newStore({ serviceCidrs: ['10.96.0.0/16', 'fd00:96::/112'] })
  const both = store.create('services', service('a', { ipFamilyPolicy: 'PreferDualStack' }))
  t.strictSame(at(both, 'spec', 'ipFamilies'), ['IPv4', 'IPv6'])
  t.match(textsAt(both, 'spec', 'clusterIPs'), [/^10\.96\./, /^fd00:96::/])
  const six = store.create('services', service('b', { ipFamilies: ['IPv6'] }))
  t.match(textsAt(six, 'spec', 'clusterIPs'), [/^fd00:96::/])
})

t.test('a dual-stack Service that goes back to one family gives up its second address', async t => {
  const store = newStore({ serviceCidrs: ['10.96.0.0/16', 'fd00:96::/112'] })
  const both = store.create('services', service('a', { ipFamilyPolicy: 'RequireDualStack' }))
  const one = store.update('services', {
    ...both,
    spec: { ...Object(both.spec), ipFamilyPolicy: 'SingleStack' },
  })
  t.strictSame(at(one, 'spec', 'clusterIPs'), [textAt(both, 'spec', 'clusterIP')])
})

t.test('headless and ExternalName Services have no address', async t => {
  const store = newStore()
  const headless = store.create('services', service('a', { clusterIP: 'None', selector: { app: 'a' } }))
  t.strictSame(at(headless, 'spec', 'clusterIPs'), ['None'])
  const external = store.create('services', {
    metadata: { name: 'b' },
    spec: { type: 'ExternalName', externalName: 'example.com' },
  })
  t.strictSame(external.spec, { type: 'ExternalName', externalName: 'example.com', sessionAffinity: 'None' })
})

t.test('a load balancer with the Local policy gets a health check port', async t => {
  const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }
  const made = newStore().create('services', service('edge', spec))
  t.match(made.spec, { allocateLoadBalancerNodePorts: true, healthCheckNodePort: Number })
})

t.test('an update that leaves the addresses out keeps them; one that changes them is refused', async t => {
  const store = newStore()
  const made = store.create('services', service('cart', { type: 'NodePort' }))
  const again = store.update('services', {
    ...service('cart', { type: 'NodePort' }),
    metadata: made.metadata,
  })
  t.strictSame(again, made)
  t.throws(() => store.update('services', service('cart', { clusterIP: '10.96.9.9' })), {
    code: 422,
    message: /spec\.clusterIPs\[0\]: Invalid value: .*: may not change once set/,
  })
})

t.test('a Service that changes its type loses what only the old type has', async t => {
  const store = newStore()
  const made = store.create('services', service('cart', { type: 'NodePort' }))
  const inner = store.update('services', { ...made, spec: { ...Object(made.spec), type: 'ClusterIP' } })
  t.strictSame(at(inner, 'spec', 'ports'), [{ port: 80, protocol: 'TCP', targetPort: 80 }])
  t.equal(at(inner, 'spec', 'externalTrafficPolicy'), undefined)
  const named = store.update('services', {
    ...inner,
    spec: { ...Object(inner.spec), type: 'ExternalName', externalName: 'example.com' },
  })
  t.equal(at(named, 'spec', 'clusterIP'), undefined)
})

t.test('a Service that makes no sense is refused in the words of the API', async t => {
  const store = newStore()
  store.create('services', service('taken', { clusterIP: '10.96.0.1' }))
  const start = 'Service "cart" is invalid: '
  const cases: readonly (readonly [object, string])[] = [
    [{ ports: [] }, 'spec.ports: Required value'],
    [
      { ports: [{ port: 0 }] },
      '[spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive]',
    ],
    [
      { ports: [{ port: 1, protocol: 'X' }] },
      'spec.ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
    ],
    [{ ports: [{ port: 1, name: 'a' }, { port: 2 }] }, 'spec.ports[1].name: Required value'],
    [
      {
        ports: [
          { port: 1, name: 'a' },
          { port: 2, name: 'a' },
        ],
      },
      'spec.ports[1].name: Duplicate value: "a"',
    ],
    [
      { ports: [{ port: 1, nodePort: 30_000 }] },
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ],
    [
      { type: 'NodePort', ports: [{ port: 1, nodePort: 80 }] },
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
    [
      { clusterIP: '10.96.0.1' },
      'spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated',
    ],
    [
      { clusterIP: '192.0.2.1' },
      'spec.clusterIPs: Invalid value: ["192.0.2.1"]: failed to allocate IP 192.0.2.1: the provided IP (192.0.2.1) is not in the valid range. The range of valid IPs is 10.96.0.0/16',
    ],
    [{ type: 'ExternalName' }, 'spec.externalName: Required value'],
    [
      { type: 'Big' },
      'spec.type: Unsupported value: "Big": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
    [
      { externalTrafficPolicy: 'Local' },
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    ],
  ]
  for (const [spec, expected] of cases) t.equal(refusal(store, spec), start + expected)
})
