import type { Alarm, Clock } from '../lib/model/clock.js'
import { milliseconds, type Milliseconds } from '../lib/model/milliseconds.js'

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = 0
  readonly #alarms = new Map<object, { readonly at: number; readonly ring: () => void }>()
  #alarmSet: (delay: number) => void = () => undefined

  now(): Milliseconds {
    return milliseconds(this.#now)
  }

  after(delay: Milliseconds, ring: () => void): Alarm {
    const alarm = { cancel: () => void this.#alarms.delete(alarm) }
    this.#alarms.set(alarm, { at: this.#now + delay, ring })
    this.#alarmSet(delay)
    return alarm
  }

  /** How many calls are to come. */
  get alarms(): number {
    return this.#alarms.size
  }

  /** How long until each call, soonest first. */
  get waiting(): readonly number[] {
    return [...this.#alarms.values()].map(({ at }) => at - this.#now).sort((a, b) => a - b)
  }

  /** Resolves when there is an alarm whose delay `fits`. */
  alarm(fits: (delay: number) => boolean): Promise<void> {
    if (this.waiting.some(fits)) return Promise.resolve()
    return new Promise(resolve => {
      this.#alarmSet = delay => {
        if (fits(delay)) resolve()
      }
    })
  }

  /** Moves on, and calls what is due on the way, in order. */
  advance(span: number): void {
    const end = this.#now + span
    while (this.#ringNext(end));
    this.#now = end
  }

  /** The same, but after each call the promises that it set off have their turn, and so may set more alarms. */
  async pass(span: number): Promise<void> {
    const end = this.#now + span
    await settled()
    while (this.#ringNext(end)) await settled()
    this.#now = end
  }

  #ringNext(end: number): boolean {
    const due = [...this.#alarms].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0]
    if (!due) return false
    const [alarm, { at, ring }] = due
    this.#alarms.delete(alarm)
    this.#now = at
    ring()
    return true
  }
}

/** Resolves when the promises at hand have had their turn. */
export const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
