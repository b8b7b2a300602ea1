import type { Clock } from '../model/clock.js'
import { milliseconds, seconds } from '../model/milliseconds.js'

const window = seconds(1)

/** Lets so many begin within any second, and the others wait. */
export class Pace {
  readonly #clock: Clock
  /** When the last ones begin, the oldest first; as many as may within a second. */
  readonly #begun: number[]

  constructor(clock: Clock, most: number) {
    this.#clock = clock
    this.#begun = Array.from({ length: most }, () => clock.now() - window)
  }

  /** Resolves when it is the caller's turn: at most after a second for each `most` that wait already. */
  next(): Promise<void> {
    const now = this.#clock.now()
    const begins = Math.max(now, (this.#begun.shift() ?? now) + window)
    this.#begun.push(begins)
    if (begins === now) return Promise.resolve()
    return new Promise(resolve => void this.#clock.after(milliseconds(begins - now), resolve))
  }
}
