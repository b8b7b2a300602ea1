import type { Alarm, Clock } from '../lib/model/clock.js'
import { milliseconds, type Milliseconds } from '../lib/model/milliseconds.js'

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = 0
  readonly #alarms = new Map<object, { readonly at: number; readonly ring: () => void }>()

  now(): Milliseconds {
    return milliseconds(this.#now)
  }

  after(delay: Milliseconds, ring: () => void): Alarm {
    const alarm = { cancel: () => void this.#alarms.delete(alarm) }
    this.#alarms.set(alarm, { at: this.#now + delay, ring })
    return alarm
  }

  /** How many calls are to come. */
  get alarms(): number {
    return this.#alarms.size
  }

  /** Moves on, and calls what is due on the way, in order. */
  advance(span: Milliseconds): void {
    const end = this.#now + span
    for (;;) {
      const due = [...this.#alarms].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0]
      if (!due) break
      const [alarm, { at, ring }] = due
      this.#alarms.delete(alarm)
      this.#now = at
      ring()
    }
    this.#now = end
  }
}
