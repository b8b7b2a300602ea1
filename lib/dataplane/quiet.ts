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

/** Tells when a pair has been quiet for too long. Bytes are counted anyway, so a look now and then is all it takes. */
export class Quiet {
  readonly #directions: readonly Direction[]
  readonly #idleTimeout: number

  constructor(intakes: readonly Intake[], { now, idleTimeout }: QuietOptions) {
    this.#directions = intakes.map(intake => new Direction(intake, now))
    this.#idleTimeout = idleTimeout === 0 ? Infinity : idleTimeout
  }

  /** Why the pair should end, if it should. */
  look(now: Milliseconds): 'stalled' | 'idle too long' | undefined {
    const spans = this.#directions.map(direction => ({ direction, span: direction.look(now) }))
    if (spans.some(({ direction, span }) => direction.waits && span >= longestStall)) return 'stalled'
    return spans.every(({ span }) => span >= this.#idleTimeout) ? 'idle too long' : undefined
  }
}

class Direction {
  readonly #intake: Intake
  #bytes: number
  #since: Milliseconds

  constructor(intake: Intake, now: Milliseconds) {
    this.#intake = intake
    this.#bytes = intake.bytes
    this.#since = now
  }

  get waits(): boolean {
    return this.#intake.waits
  }

  /** How long no bytes have been passed on. */
  look(now: Milliseconds): number {
    const { bytes } = this.#intake
    if (bytes !== this.#bytes) this.#since = now
    this.#bytes = bytes
    return now - this.#since
  }
}
