import type { Family } from '../model/ip-address.js'
import type { Port } from '../model/port.js'
import type { Portal, Verdict } from '../model/portal.js'
import type { Protocol, ServicePortName } from '../model/service-port.js'

/** What is to happen to packets for one portal. */
export interface CapturedPortal {
  readonly servicePort: ServicePortName
  readonly portal: Portal
  readonly verdict: Verdict
  /** Our listener's port. It exists before a portal is captured and until after it is not. */
  readonly localPort: Port
}

/** A local port of ours that only redirected packets may reach. */
export interface GuardedPort {
  readonly protocol: Protocol
  readonly port: Port
}

/** All that the kernel is to do for us. */
export interface Wanted {
  readonly portals: readonly CapturedPortal[]
  /** A draining stop has these and no portals. */
  readonly guarded: readonly GuardedPort[]
}

/** How packets for portals get to our listeners. */
export interface Capture {
  /**
   * Makes the kernel do what is `wanted`, and writes nothing where it already does. Resolves with the families
   * that were written. Rejects when the kernel could not be told: what was served is then still served, and what was refused
   * still refused, and the same call again brings the rest.
   */
  apply(wanted: Wanted): Promise<readonly Family[]>
  /** Takes everything of ours out, strays of earlier runs included. Resolves with what was removed, a line each. */
  remove(): Promise<readonly string[]>
}
