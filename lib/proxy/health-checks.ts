import type { HealthCheck } from '../model/health-check.js'
import type { IpAddress } from '../model/ip-address.js'
import type { Port } from '../model/port.js'

/** Answers load balancers that ask whether a Service has endpoints on this node. */
export interface HealthChecks {
  /**
   * Answers these from now on, and no others; at `addresses`, or at all when absent. What cannot be listened on is reported, and
   * tried again next time.
   */
  update(checks: readonly HealthCheck[], addresses?: readonly IpAddress[]): Promise<void>
  /** Where it answers: TCP ports that a firewall has to let in. */
  readonly open: readonly Port[]
  /** Answers no more. May be called twice. */
  close(): Promise<void>
}
