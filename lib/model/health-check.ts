import type { Port } from './port.js'

/** What load balancers ask this node about one Service: whether it has endpoints here. */
export interface HealthCheck {
  readonly namespace: string
  readonly service: string
  /** Its `healthCheckNodePort`. */
  readonly port: Port
  /** How many ready endpoints this node has for it. */
  readonly localEndpoints: number
}
