import type { Endpoint } from './endpoint.js'
import type { ServicePortId } from './service-port.js'

/** A Service as the cluster has it, proxied or not. */
export interface ClusterService {
  readonly namespace: string
  readonly name: string
  /** `ClusterIP`, `NodePort`, …, as it is written; '' where it is not. */
  readonly type: string
  readonly labels: Readonly<Record<string, string>>
  /** Its service ports, each with how many endpoints it has, ready or not. None: nothing of it is proxied. */
  readonly servicePorts: ReadonlyMap<ServicePortId, number>
  /** Why it, or a part of it, is not proxied. */
  readonly reasons: readonly string[]
}

/** One that a service port has, and why it serves no new clients; undefined when it does. */
export interface ClusterEndpoint extends Endpoint {
  readonly leftOut: string | undefined
}

/** Since when a kind of objects cannot be followed, and why. */
export interface ApiAbsence {
  /** How long, in ms. */
  readonly lasts: number
  readonly reason: string
}
