import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { clientsOf, portalText } from '../../../lib/model/portal.js'
import { Composer } from '../../../lib/watch/translation/composer.js'
import { type EndpointSlice, readEndpointSlice } from '../../../lib/watch/translation/endpoint-slice.js'
import { readEndpoints } from '../../../lib/watch/translation/endpoints.js'
import { readNode } from '../../../lib/watch/translation/node.js'
import { readService, type Service } from '../../../lib/watch/translation/service.js'
import { at, service, slice } from '../api-objects.js'
import { anywhere, compose, type Objects, snapshotOf, translation } from '../translation.js'

const names = fc.constantFrom('cart', 'web', 'db')
const conditions = fc.record(
  { ready: fc.boolean(), serving: fc.boolean(), terminating: fc.boolean() },
  { requiredKeys: [] },
)
const hints = fc.record(
  {
    forZones: fc.subarray([{ name: 'east' }, { name: 'west' }]),
    forNodes: fc.subarray([{ name: 'worker' }, { name: 'other' }]),
  },
  { requiredKeys: [] },
)
const endpoints = fc.array(
  fc
    .record({
      host: fc.integer({ min: 1, max: 4 }),
      conditions,
      hints,
      nodeName: fc.constantFrom('worker', 'other'),
    })
    .map(({ host, conditions: state, ...more }) => at(`10.244.1.${host}`, state, more)),
  { maxLength: 4 },
)
const slices = fc.array(
  fc.tuple(names, endpoints).map(([name, all]) => ({ service: name, endpoints: all })),
  { maxLength: 6 },
)

const policies = fc.constantFrom('Cluster', 'Local', undefined)
/** Small numbers of everything, so that Services often want the same. */
const specs = fc.record({
  type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
  internalTrafficPolicy: policies,
  externalTrafficPolicy: policies,
  externalIPs: fc.subarray([
    '198.51.100.1',
    '198.51.100.2',
    '203.0.113.1',
    '10.96.0.1',
    '10.244.1.1',
    'fd00::1',
  ]),
  loadBalancerSourceRanges: fc.subarray(['10.0.0.0/8', '0.0.0.0/0', 'fd00::/8', 'x']),
  healthCheckNodePort: fc.constantFrom(0, 32_000),
  nodePort: fc.constantFrom(undefined, 30_080, 30_081),
  port: fc.constantFrom(80, 8080),
  ingress: fc.subarray([{ ip: '203.0.113.1' }, { ip: '203.0.113.2', ipMode: 'Proxy' }]),
})
type Spec = typeof specs extends fc.Arbitrary<infer Value> ? Value : never
const spec = fc.array(specs, { minLength: 3, maxLength: 3 })

const node = { metadata: { name: 'worker', labels: { 'topology.kubernetes.io/zone': 'east' } } }

const cluster = (
  parts: readonly { service: string; endpoints: unknown }[],
  asked: readonly Partial<Spec>[] = [],
): Objects => ({
  services: ['cart', 'web', 'db'].map((name, index) => {
    const { port = 80, nodePort, ingress = [], ...rest } = asked[index] ?? {}
    return service({
      ...{ name, created: `2026-01-0${(index % 2) + 1}T00:00:00Z` },
      spec: {
        clusterIPs: [`10.96.0.${index + 1}`, ...(index === 0 ? [] : [`fd00:96::${index + 1}`])],
        ports: [{ port, nodePort }],
        ...rest,
      },
      status: { loadBalancer: { ingress } },
    })
  }),
  slices: parts.map((each, index) => slice({ ...each, name: `s-${index}` })),
  node,
})

t.test('whatever JSON comes, reading it ends well', t => {
  fc.assert(
    fc.property(fc.jsonValue(), anything => {
      for (const object of [
        anything,
        { metadata: anything, spec: anything, status: anything, ports: anything, endpoints: anything },
        service({
          name: anything,
          labels: anything,
          annotations: anything,
          spec: { clusterIP: anything, clusterIPs: anything, ports: anything },
        }),
        service({
          spec: {
            ...{ type: 'LoadBalancer', ports: [anything, { port: 80, nodePort: anything }] },
            ...{
              externalIPs: [anything],
              loadBalancerSourceRanges: [anything],
              healthCheckNodePort: anything,
            },
            ...{ internalTrafficPolicy: anything, externalTrafficPolicy: anything },
          },
          status: { loadBalancer: { ingress: [anything, { ip: anything, ipMode: anything }] } },
        }),
        slice({ labels: anything, addressType: anything, ports: anything, endpoints: anything }),
        slice({ ports: [anything], endpoints: [anything, at(anything, anything)] }),
      ]) {
        compose({ services: [object], slices: [object], node: object })
        readEndpoints({ metadata: anything, subsets: [anything, { addresses: anything, ports: anything }] })
      }
    }),
  )
  t.end()
})

t.test('a bad object changes nothing but itself', t => {
  const bad = fc.constantFrom<Objects>(
    { services: [service({ name: 'a\nb', spec: { clusterIP: '10.244.1.1' } })], slices: [] },
    {
      services: [service({ name: 'bad', created: '2026-02-01T00:00:00Z', spec: { clusterIP: '10.96.0.1' } })],
      slices: [],
    },
    { services: [service({ name: 'bad', spec: { clusterIP: 'x' } })], slices: [] },
    ...[
      { externalIPs: ['10.96.0.1'] },
      { externalIPs: ['fd00::9'] },
      { externalIPs: ['127.0.0.1'] },
      { type: 'NodePort', ports: [{ port: 1, nodePort: -1 }] },
    ].map(asked => ({
      services: [
        service({ name: 'bad', created: '2020-01-01T00:00:00Z', spec: { clusterIP: '10.96.0.9', ...asked } }),
      ],
      slices: [],
    })),
    { services: [], slices: [slice({ name: 'bad', ports: [{ port: 70_000 }] })] },
    { services: [], slices: [slice({ name: 'bad', addressType: 'FQDN' })] },
    { services: [], slices: [slice({ name: 'bad', endpoints: [at('127.0.0.1'), at('10.96.0.2')] })] },
  )
  fc.assert(
    fc.property(slices, spec, bad, (parts, asked, more) => {
      const good = cluster(parts, asked)
      const without = translation({ ...good, slices: [...good.slices] })
      const withBad = translation({
        ...good,
        services: [...more.services, ...good.services],
        slices: [...more.slices, ...good.slices],
      })
      const added = withBad.filter(line => !without.includes(line))
      return (
        without.every(line => withBad.includes(line)) &&
        added.length > 0 &&
        added.every(line => line.startsWith('refused: ') || line.startsWith('shop/bad/'))
      )
    }),
  )
  t.end()
})

t.test('no service port is there twice, and no portal twice for the same clients', t => {
  fc.assert(
    fc.property(slices, spec, (parts, asked) => {
      const { servicePorts } = snapshotOf(cluster(parts, asked))
      const portals = servicePorts.flatMap(({ portals: all, name, family }) =>
        all.flatMap(portal => {
          const clients = clientsOf(portal)
          const where = `${portalText(portal)}/${name.protocol}/${family}`
          return clients === 'everybody'
            ? [`${where} insiders`, `${where} outsiders`]
            : [`${where} ${clients}`]
        }),
      )
      const ids = servicePorts.map(({ id }) => id)
      return new Set(portals).size === portals.length && new Set(ids).size === ids.length
    }),
  )
  t.end()
})

t.test('the order in which objects came does not matter', t => {
  fc.assert(
    fc.property(slices, spec, fc.infiniteStream(fc.nat()), (parts, asked, random) => {
      const { services, slices } = cluster(parts, asked)
      const shuffled = <Value>(values: readonly Value[]): Value[] =>
        values
          .map(value => ({ value, at: Number(random.next().value) }))
          .sort((one, other) => one.at - other.at)
          .map(({ value }) => value)
      const one = translation({ services, slices, node })
      const other = translation({ services: shuffled(services), slices: shuffled(slices), node })
      return JSON.stringify(one) === JSON.stringify(other)
    }),
  )
  t.end()
})

const sameIn = <Value>(known: Map<string, Value>, value: Value): Value => {
  const key = JSON.stringify(value)
  const former = known.get(key) ?? value
  known.set(key, former)
  return former
}

t.test('what is taken from the last time is what would be made anew', t => {
  fc.assert(
    fc.property(fc.array(fc.tuple(slices, spec, fc.nat(31)), { maxLength: 5 }), steps => {
      const composer = new Composer(anywhere)
      // What does not change is the same object, as it is in a mirror.
      const known = [new Map<string, Service>(), new Map<string, EndpointSlice>()] as const
      return steps.every(([parts, asked, present]) => {
        const objects = cluster(parts, asked)
        const now = {
          services: objects.services
            .filter((_, index) => (present >> index) & 1)
            .map(each => sameIn(known[0], readService(each))),
          slices: objects.slices.map(each => sameIn(known[1], readEndpointSlice(each))),
          node: present >> 3 === 0 ? undefined : readNode(node),
        }
        return isDeepStrictEqual(composer.compose(now), new Composer(anywhere).compose(now))
      })
    }),
  )
  const composer = new Composer(anywhere)
  const now = {
    services: [readService(service())],
    slices: [readEndpointSlice(slice())],
    node: undefined,
  }
  t.equal(composer.compose(now).snapshot.servicePorts[0], composer.compose(now).snapshot.servicePorts[0])
  t.end()
})
