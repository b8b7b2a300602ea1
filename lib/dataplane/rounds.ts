import type { Alarm, Clock } from '../model/clock.js'
import { type Milliseconds, seconds } from '../model/milliseconds.js'
import { Crowd, type Place } from './crowd.js'

/** Something to be looked at now and then. */
export interface Visited {
  look(now: Milliseconds): void
}

const period = seconds(2)

/** Looks at every open connection now and then: one timer for all, and none when there is no connection. */
export class Rounds {
  readonly #clock: Clock
  readonly #visited = new Crowd<Visited>()
  #alarm: Alarm | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls its `look` every 2 s until its place is given back. */
  add(visited: Visited): Place<Visited> {
    this.#alarm ??= this.#clock.after(period, () => this.#go())
    return this.#visited.add(visited)
  }

  delete(place: Place<Visited>): void {
    this.#visited.delete(place)
    if (this.#visited.size > 0) return
    this.#alarm?.cancel()
    this.#alarm = undefined
  }

  #go(): void {
    this.#alarm = this.#clock.after(period, () => this.#go())
    const now = this.#clock.now()
    for (const visited of this.#visited.members) visited.look(now)
  }
}
