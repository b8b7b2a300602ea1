import type { Cidr } from '../model/cidr.js'
import type { Family, IpAddress } from '../model/ip-address.js'
import type { OwnPods } from '../model/own-pods.js'
import type { Port } from '../model/port.js'
import type { Portal, Verdict } from '../model/portal.js'
import type { Protocol, ServicePortName } from '../model/service-port.js'
import type { Table } from './chains.js'

/** What is to happen to packets for one portal. */
export interface CapturedPortal {
  readonly servicePort: ServicePortName
  readonly family: Family
  readonly portal: Portal
  readonly verdict: Verdict
  /** Our listener's port. It exists before a portal is captured and until after it is not. */
  readonly localPort: Port
}

/** A local port of ours that only redirected packets may reach. */
export interface GuardedPort {
  readonly family: Family
  readonly protocol: Protocol
  readonly port: Port
}

/** All that the kernel is to do for us. */
export interface Wanted {
  readonly portals: readonly CapturedPortal[]
  /** A draining stop has these and no portals. */
  readonly guarded: readonly GuardedPort[]
  /** TCP ports of ours that everybody may reach, whatever else is let in: health checks. */
  readonly open: readonly Port[]
  /** Where node ports are; absent: at every address of this machine. */
  readonly nodePortAddresses?: readonly IpAddress[]
  /**
   * Where nobody is met but at portals: neither by who is on this machine, nor by who comes over it. Absent: packets go where the
   * routes lead them.
   */
  readonly closed?: readonly Cidr[]
  /** Who are insiders, beside the node itself. */
  readonly ownPods: OwnPods
}

/** What listeners are about to open. */
export interface Preparation {
  readonly guarded: readonly GuardedPort[]
  /** Portals' addresses. Where clients are captured by listening on these, they have to be this machine's own first. */
  readonly addresses: readonly IpAddress[]
}

/** Why the kernel could not be told what to do in one family. */
export interface FamilyFailure {
  readonly family: Family
  readonly error: unknown
}

/** What became of the rules. */
export interface Applied {
  /** The families whose rules were written. */
  readonly written: readonly Family[]
  readonly failures: readonly FamilyFailure[]
}

/** The rules of ours that the kernel has in one family. */
export interface RulesInForce {
  readonly family: Family
  /** How many, jumps to our chains included; as far as is known without a look. */
  readonly rules: Readonly<Record<Table, number>>
  /** How often the kernel was not given what it should have been. */
  readonly failures: number
}

/** Nothing at all. */
export const nothingWanted: Wanted = { portals: [], guarded: [], open: [], ownPods: { kind: 'unknown' } }

/** How packets for portals get to our listeners. */
export interface Capture {
  /**
   * Makes the machine ready for listeners that are about to open, beside those it has: nobody reaches them directly, not even
   * before `apply`. Resolves with the families in which that is not possible: there they may not be opened.
   */
  prepare(opening: Preparation): Promise<readonly FamilyFailure[]>
  /**
   * Makes the kernel do what is `wanted`, and writes nothing where it already does. One family's failure is not the other's:
   * where the kernel could not be told, what was served is still served, and what was refused still refused, and the same call
   * again brings the rest. In the families `except` nothing is changed.
   */
  apply(wanted: Wanted, except?: readonly Family[]): Promise<Applied>
  /**
   * Those of `portals` whose clients an earlier run led to their local ports, and that still are. Changes nothing; rejects where
   * it cannot be told.
   */
  standing(portals: readonly CapturedPortal[]): Promise<readonly CapturedPortal[]>
  /**
   * Whether the kernel still does what the last `apply` said, by looking. True where that cannot be told. Changes nothing: where
   * it is false, the same `apply` again puts it right.
   */
  isIntact(): Promise<boolean>
  /** Takes everything of ours out, strays of earlier runs included. Resolves with what was removed, a line each. */
  remove(): Promise<readonly string[]>
}
