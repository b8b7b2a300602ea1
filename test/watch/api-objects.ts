/** Some of a Service; the rest is as the API server would fill it in. */
export interface ServiceParts {
  readonly name?: unknown
  readonly namespace?: unknown
  readonly labels?: unknown
  readonly annotations?: unknown
  readonly created?: unknown
  readonly spec?: Readonly<Record<string, unknown>>
  readonly status?: unknown
}

/** A Service with one port, 80, at 10.96.0.10. */
export const service = ({
  name = 'cart',
  namespace = 'shop',
  labels,
  annotations,
  created = '2026-01-01T00:00:00Z',
  spec,
  status,
}: ServiceParts = {}): unknown => ({
  metadata: { name, namespace, labels, annotations, creationTimestamp: created },
  spec: { type: 'ClusterIP', clusterIP: '10.96.0.10', ports: [{ protocol: 'TCP', port: 80 }], ...spec },
  status,
})

/** Some of an EndpointSlice; the rest is as the API server would fill it in. */
export interface SliceParts {
  readonly name?: string
  readonly namespace?: string
  readonly labels?: unknown
  readonly service?: string
  readonly addressType?: unknown
  readonly ports?: unknown
  readonly endpoints?: unknown
}

/** A slice of Service shop/cart with one ready endpoint, 10.244.1.1:8080. */
export const slice = (parts: SliceParts = {}): unknown => ({
  metadata: {
    name: parts.name ?? 'cart-1',
    namespace: parts.namespace ?? 'shop',
    labels: parts.labels ?? { 'kubernetes.io/service-name': parts.service ?? 'cart' },
  },
  addressType: 'addressType' in parts ? parts.addressType : 'IPv4',
  ports: 'ports' in parts ? parts.ports : [{ name: '', protocol: 'TCP', port: 8080 }],
  endpoints: 'endpoints' in parts ? parts.endpoints : [at('10.244.1.1')],
})

/** An endpoint of a slice; ready unless `conditions` say otherwise. */
export const at = (
  address: unknown,
  conditions: unknown = {},
  more: Readonly<Record<string, unknown>> = {},
): unknown => ({ addresses: [address], conditions, ...more })

/** The Node worker, in the zone east. */
export const node = (): unknown => ({
  metadata: { name: 'worker', labels: { 'topology.kubernetes.io/zone': 'east' } },
  status: { addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] },
})
