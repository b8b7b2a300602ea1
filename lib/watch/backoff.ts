import type { Clock } from '../model/clock.js'
import { type Milliseconds, milliseconds } from '../model/milliseconds.js'

const shortest = 800
const longest = 25_000
const health = 120_000

/**
 * How long to wait after each failure: 0.8 s, doubling to 25 s, each times 1 to 2 at random so that thousands of
 * instances do not come back at once. Two minutes without a failure start it over. These are client-go's numbers but for the
 * longest pause, which is 30 s there: so we are up to date within a minute after the server is back.
 */
export class Backoff {
  readonly #clock: Clock
  readonly #random: () => number
  #step = shortest
  #failed: Milliseconds | undefined

  constructor({ clock, random }: { readonly clock: Clock; readonly random: () => number }) {
    this.#clock = clock
    this.#random = random
  }

  /** Takes note of a failure, and says how long to wait now. */
  next(): Milliseconds {
    const now = this.#clock.now()
    if (this.#failed !== undefined && now - this.#failed > health) this.#step = shortest
    this.#failed = now
    const step = this.#step
    this.#step = Math.min(step * 2, longest)
    return milliseconds(step * (1 + this.#random()))
  }
}
