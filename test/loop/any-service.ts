import fc from 'fast-check'
import type { Family } from '../../lib/model/ip-address.js'
import { isRaw, type Raw } from '../../lib/watch/raw.js'
import { at, service, slice } from '../watch/api-objects.js'

export const names = ['cart', 'web', 'db'] as const
export type Name = (typeof names)[number]

const policies = fc.constantFrom('Cluster', 'Local')
interface NamedPort {
  readonly name: string
  readonly protocol: string
  readonly port: number
}

const portSets: readonly (readonly NamedPort[])[] = [
  [{ name: '', protocol: 'TCP', port: 80 }],
  [
    { name: 'http', protocol: 'TCP', port: 80 },
    { name: 'dns', protocol: 'UDP', port: 53 },
  ],
  [{ name: 'dns', protocol: 'UDP', port: 53 }],
]

/** What a Service asks for. There is little of everything, so that Services often want the same. */
export const anySpec = fc.record({
  type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName', 'headless'),
  families: fc.constantFrom<readonly Family[]>(['IPv4'], ['IPv4', 'IPv6'], ['IPv6']),
  ports: fc.constantFrom(...portSets),
  nodePort: fc.constantFrom(30_080, 30_081),
  externalIPs: fc.subarray(['198.51.100.1', '192.0.2.1', '2001:db8::1']),
  balancer: fc.subarray(['203.0.113.1', '2001:db8::2']),
  internalTrafficPolicy: policies,
  externalTrafficPolicy: policies,
  sessionAffinity: fc.constantFrom('None', 'ClientIP'),
})
export type Spec = typeof anySpec extends fc.Arbitrary<infer Value> ? Value : never

const clusterIp = (name: Name, family: string): string => {
  const host = names.indexOf(name) + 1
  return family === 'IPv4' ? `10.96.0.${host}` : `fd00:96::${host}`
}

const raw = (value: unknown): Raw => (isRaw(value) ? value : {})

/** The Service as the API server has it. `created`: its age, in days of January. */
export const serviceOf = (name: Name, spec: Spec, created: number): Raw => {
  const { type, families, ports, nodePort, balancer, ...rest } = spec
  const clusterIPs = type === 'headless' ? ['None'] : families.map(family => clusterIp(name, family))
  const outside = type === 'NodePort' || type === 'LoadBalancer'
  return raw(
    service({
      name,
      created: `2026-01-${String((created % 28) + 1).padStart(2, '0')}T00:00:00Z`,
      spec: {
        ...rest,
        type: type === 'headless' ? 'ClusterIP' : type,
        ...(type !== 'ExternalName' && { clusterIP: clusterIPs[0], clusterIPs, ipFamilies: families }),
        ports: ports.map((each, index) => ({ ...each, ...(outside && { nodePort: nodePort + index }) })),
      },
      ...(type === 'LoadBalancer' && { status: { loadBalancer: { ingress: balancer.map(ip => ({ ip })) } } }),
    }),
  )
}

export const anyEndpoints = fc.array(
  fc.record({ host: fc.integer({ min: 1, max: 3 }), here: fc.boolean(), ready: fc.boolean() }),
  { maxLength: 3 },
)
export type Endpoints = typeof anyEndpoints extends fc.Arbitrary<infer Value> ? Value : never

const slicePorts = portSets.flat().map(({ name, protocol }) => ({ name, protocol, port: 8080 }))

/** A slice of the Service's in one family, with the ports of all that it may have. */
export const sliceOf = (name: Name, family: 'IPv4' | 'IPv6', endpoints: Endpoints): Raw =>
  raw(
    slice({
      ...{ name: `${name}-${family.toLowerCase()}`, service: name, addressType: family },
      ports: slicePorts.filter(
        (each, index) => slicePorts.findIndex(other => other.name === each.name) === index,
      ),
      endpoints: endpoints.map(({ host, here, ready }) =>
        at(
          family === 'IPv4' ? `10.244.1.${host}` : `fd00:244:1::${host}`,
          { ready },
          { nodeName: here ? 'worker' : 'other' },
        ),
      ),
    }),
  )

/** The Node that we are. */
export const nodeObject: Raw = {
  metadata: { name: 'worker' },
  spec: { podCIDRs: ['10.244.0.0/24', 'fd00:244::/112'] },
  status: {
    addresses: [
      { type: 'InternalIP', address: '172.18.0.2' },
      { type: 'InternalIP', address: 'fd00:18::2' },
    ],
  },
}
