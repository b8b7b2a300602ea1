import type { Patience } from '../host/patience.js'
import type { Clock } from '../model/clock.js'
import { type Milliseconds, milliseconds } from '../model/milliseconds.js'

export interface StopOptions {
  /** When it was asked for; absent: now. */
  readonly asked?: Milliseconds
  /** How long open connections may go on from then. */
  readonly drainTimeout: Milliseconds
  /** Ends the wait for them. */
  readonly hurry: AbortSignal
  /** That of the host which the capture uses; absent: programs may take as long as they like. */
  readonly patience?: Pick<Patience, 'lasts'>
}

/**
 * What all the rest of a stop may take, programs that are at work not counted. With what it takes to see that one is at rest, and to
 * end a process, that makes a second.
 */
const besidesDraining = milliseconds(400)

/** What is left of the time of a stop, and so of the patience with programs: one that hangs does not make it longer. */
export class StopTime {
  readonly #options: StopOptions
  readonly #clock: Clock
  #drainEnd: Milliseconds
  #share: 1 | 0.5 = 0.5

  constructor(options: StopOptions, clock: Clock) {
    const { asked = clock.now(), drainTimeout, hurry } = options
    this.#options = options
    this.#clock = clock
    this.#drainEnd = milliseconds(asked + drainTimeout)
    hurry.addEventListener('abort', this.#hurry)
    if (hurry.aborted) this.#hurry()
  }

  /** For how long connections may still go on. */
  get drain(): Milliseconds {
    return this.#until(this.#drainEnd)
  }

  /** From now on programs have half of what is left: others come after them. */
  next(): void {
    this.#allow(0.5)
  }

  /** From now on they have all that is left. */
  last(): void {
    this.#allow(1)
  }

  close(): void {
    this.#options.hurry.removeEventListener('abort', this.#hurry)
  }

  readonly #hurry = (): void => {
    this.#drainEnd = milliseconds(Math.min(this.#drainEnd, this.#clock.now()))
    this.#allow(this.#share)
  }

  #allow(share: 1 | 0.5): void {
    this.#share = share
    const left = this.#until(milliseconds(this.#drainEnd + besidesDraining))
    this.#options.patience?.lasts(milliseconds(left * share))
  }

  #until(end: Milliseconds): Milliseconds {
    return milliseconds(Math.max(0, end - this.#clock.now()))
  }
}
