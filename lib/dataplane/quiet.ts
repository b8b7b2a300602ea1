import { type Milliseconds, seconds } from '../model/milliseconds.js'
import type { Intake } from './intake.js'

export interface QuietOptions {
  readonly now: Milliseconds
  /** How long nothing may go either way. 0: for ever. */
  readonly idleTimeout: number
}

/**
 * Bytes may wait this long for a peer to take any. Linux itself gives up a peer that has vanished, after a quarter of an hour
 * (tcp_retries2), but never one that is there and does not read. That may be a pager left open: so it gets what a pair of which
 * one side has ended gets.
 */
const longestStall = seconds(3600)

/** Why a pair that is read into `intakes` has been quiet for too long, if it has. To be asked now and then. */
export const whyTooQuiet = (
  intakes: readonly Intake[],
  { now, idleTimeout }: QuietOptions,
): 'stalled' | 'idle too long' | undefined => {
  const spans = intakes.map(intake => ({ waits: intake.waits, span: intake.quietFor(now) }))
  if (spans.some(({ waits, span }) => waits && span >= longestStall)) return 'stalled'
  return idleTimeout > 0 && spans.every(({ span }) => span >= idleTimeout) ? 'idle too long' : undefined
}
