import type { Family } from './ip-address.js'
import type { Milliseconds } from './milliseconds.js'

/**
 * How far a proxy has come. `resumed`: it serves what an earlier run left, and nobody has said yet whether that is still so.
 * `ready`: all that the cluster wants was in force once; it stays so until a stop begins.
 */
export type Readiness = 'no lists yet' | 'resumed' | 'no rules yet' | 'ready' | 'stopping'

export interface FamilyHealth {
  /** Whether no change has waited for too long. */
  readonly healthy: boolean
  /** For how long all that was wanted then has been in force; undefined: it never was. */
  readonly updated?: Milliseconds
}

/** How a proxy is, at one moment. */
export interface Health {
  readonly readiness: Readiness
  /** Whether the node is to get clients: it is not being deleted, nor about to be. */
  readonly nodeEligible: boolean
  readonly families: Readonly<Record<Family, FamilyHealth>>
}

/** Whether it does its work, whatever becomes of its node. */
export const isHealthy = ({ families: { IPv4, IPv6 } }: Health): boolean => IPv4.healthy && IPv6.healthy
