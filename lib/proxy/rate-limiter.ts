import type { Alarm, Clock } from '../model/clock.js'
import { type Milliseconds, milliseconds, seconds } from '../model/milliseconds.js'

export interface RateLimiterOptions {
  /**
   * One run at a time. Resolves with whether all of it could be done. What could not is tried again soon, and less and less
   * often; when the work rejects, no request brings it earlier.
   */
  readonly work: () => Promise<boolean>
  /** Told of every rejection, and when the next attempt is. */
  readonly failed: (error: unknown, retryIn: Milliseconds) => void
  /** The work runs at least this often, asked or not. */
  readonly period: Milliseconds
  /** On average the work runs at most once in this time. 0: as often as it is asked for. */
  readonly minPeriod: Milliseconds
  readonly clock: Clock
}

/** Two runs may follow at once before the limit bites, so that a lone change never waits. As the original had it. */
const burst = 2

const [firstRetry, longestRetry] = [seconds(1), seconds(10)]

/** Runs work: not too often, not too seldom, one at a time. */
export class RateLimiter {
  readonly #options: RateLimiterOptions
  /** Runs that may start at once; grows by one every `minPeriod`. */
  #tokens = burst
  #refilled: Milliseconds
  #asked = false
  #running: Promise<void> | undefined
  #alarm: Alarm | undefined
  #failures = 0
  /** Runs in a row, the last ones, that did not reject, and did not do all. */
  #unfinished = 0
  #stopped = false

  constructor(options: RateLimiterOptions) {
    this.#options = options
    this.#refilled = options.clock.now()
  }

  /** Asks for a run: soon, and after any that is under way. Many requests before it make one run. */
  request(): void {
    // One is waiting already. Setting its timer anew with each request would put it off for as long as they come.
    if (this.#asked) return
    this.#asked = true
    if (!this.#running && this.#failures === 0) this.#schedule(this.#untilToken())
  }

  /** Starts no more runs. Resolves when the one under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#alarm?.cancel()
    await this.#running
  }

  /** Starts runs again after a stop, the first one soon. */
  goOn(): void {
    this.#stopped = false
    this.#asked = true
    this.#schedule(this.#untilToken())
  }

  #schedule(delay: Milliseconds): void {
    if (this.#stopped) return
    this.#alarm?.cancel()
    this.#alarm = this.#options.clock.after(delay, () => {
      this.#running = this.#run().finally(() => (this.#running = undefined))
    })
  }

  async #run(): Promise<void> {
    const { work, failed, period } = this.#options
    this.#refill()
    this.#tokens -= 1
    this.#asked = false
    try {
      const done = await work()
      this.#failures = 0
      this.#unfinished = done ? 0 : this.#unfinished + 1
      const pause = done ? period : this.#retryAfter(this.#unfinished)
      this.#schedule(this.#wasAsked() ? this.#untilToken() : pause)
    } catch (error) {
      this.#failures += 1
      const retryIn = this.#retryAfter(this.#failures)
      failed(error, retryIn)
      this.#schedule(retryIn)
    }
  }

  #retryAfter(failures: number): Milliseconds {
    const { period } = this.#options
    return milliseconds(Math.min(firstRetry * 2 ** (failures - 1), longestRetry, period))
  }

  #wasAsked(): boolean {
    return this.#asked
  }

  #refill(): void {
    const { clock, minPeriod } = this.#options
    const now = clock.now()
    this.#tokens =
      minPeriod === 0 ? burst : Math.min(burst, this.#tokens + (now - this.#refilled) / minPeriod)
    this.#refilled = now
  }

  #untilToken(): Milliseconds {
    this.#refill()
    return milliseconds(Math.max(0, (1 - this.#tokens) * this.#options.minPeriod))
  }
}
