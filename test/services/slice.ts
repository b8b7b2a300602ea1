import type { ApiObject } from '../../lib/sandbox/api-object.js'

/** An endpoint as the API has it; `{ addresses: ['10.244.0.2'] }` is enough, and is ready. */
export interface SliceEndpoint {
  readonly addresses: readonly string[]
  readonly conditions?: {
    readonly ready?: boolean
    readonly serving?: boolean
    readonly terminating?: boolean
  }
  readonly nodeName?: string
  readonly zone?: string
  readonly hints?: {
    readonly forNodes?: readonly { readonly name: string }[]
    readonly forZones?: readonly { readonly name: string }[]
  }
}

export interface HandMade {
  readonly name: string
  /** Whose endpoints they are. */
  readonly service: string
  readonly endpoints: readonly SliceEndpoint[]
  /** Default: one without a name, TCP 8080. */
  readonly ports?: readonly { readonly name?: string; readonly protocol?: string; readonly port: number }[]
  /** Default IPv4. */
  readonly addressType?: 'IPv4' | 'IPv6'
}

/** An EndpointSlice that no controller looks after. */
export const handMade = (slice: HandMade): ApiObject => {
  const { name, service, endpoints, ports = [{ port: 8080 }], addressType = 'IPv4' } = slice
  return {
    metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': service } },
    ...{ addressType, endpoints, ports },
  }
}

/** The addresses of pods, in their order, as endpoints. */
export const endpointsAt = (addresses: readonly string[]): readonly SliceEndpoint[] =>
  addresses.map(address => ({ addresses: [address] }))
