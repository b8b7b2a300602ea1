import type { Alarm, Clock } from '../model/clock.js'
import { seconds } from '../model/milliseconds.js'

// 30 s of it stay below the 10,000 lines in 30 s that systemd's journal takes of a service (journald.conf(5)): beyond that it
// would leave out others, too.
const period = seconds(10)
const most = 2000

/** So many lines in 10 s, and no more; tells at their end how many were left out. */
export class Quota {
  readonly #clock: Clock
  readonly #tell: (leftOut: number) => void
  #taken = 0
  #alarm: Alarm | undefined

  constructor(clock: Clock, tell: (leftOut: number) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  /** Whether there is one more. */
  take(): boolean {
    this.#alarm ??= this.#clock.after(period, () => this.#renew())
    this.#taken += 1
    return this.#taken <= most
  }

  /** Tells what has not been told, and sets no alarm. May be called twice. */
  close(): void {
    this.#alarm?.cancel()
    this.#renew()
  }

  #renew(): void {
    const leftOut = this.#taken - most
    this.#alarm = undefined
    this.#taken = 0
    if (leftOut > 0) this.#tell(leftOut)
  }
}
