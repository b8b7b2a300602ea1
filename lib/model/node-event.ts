import type { HealthCheck } from './health-check.js'
import type { IpAddress } from './ip-address.js'

/** What we found out about the machine we run on, and what load balancers ask of it. */
export type NodeEvent =
  | {
      readonly type: 'health-check-port'
      readonly state: 'open' | 'closed'
      readonly healthCheck: HealthCheck
      /** Absent: on all addresses. */
      readonly address?: IpAddress
    }
  | {
      /** Said once for as long as the reason stays. */
      readonly type: 'health-check-failed'
      readonly healthCheck: HealthCheck
      readonly address?: IpAddress
      readonly reason: string
    }
