import type { Alarm, Clock } from '../model/clock.js'
import { seconds } from '../model/milliseconds.js'

const period = seconds(15)

/** Looks at every open connection now and then: one timer for all, and none when there is no connection. */
export class Rounds {
  readonly #clock: Clock
  readonly #looks = new Set<() => void>()
  #alarm: Alarm | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls `look` every 15 s until it is deleted. */
  add(look: () => void): void {
    this.#looks.add(look)
    this.#alarm ??= this.#clock.after(period, () => this.#go())
  }

  delete(look: () => void): void {
    this.#looks.delete(look)
    if (this.#looks.size > 0) return
    this.#alarm?.cancel()
    this.#alarm = undefined
  }

  #go(): void {
    this.#alarm = this.#clock.after(period, () => this.#go())
    for (const look of this.#looks) look()
  }
}
