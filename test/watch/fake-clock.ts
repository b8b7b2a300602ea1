import type { Alarm, Clock } from '../../lib/model/clock.js'
import { type Milliseconds, milliseconds } from '../../lib/model/milliseconds.js'

interface Due {
  readonly at: number
  readonly ring: () => void
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = 0
  #due: readonly Due[] = []
  #set: ((delay: number) => void) | undefined

  now(): Milliseconds {
    return milliseconds(this.#now)
  }

  after(delay: Milliseconds, ring: () => void): Alarm {
    const due = { at: this.#now + delay, ring }
    this.#due = [...this.#due, due]
    this.#set?.(delay)
    return {
      cancel: () => {
        this.#due = this.#due.filter(each => each !== due)
      },
    }
  }

  /** How long until each alarm that is set, shortest first. */
  get waiting(): readonly number[] {
    return this.#due.map(({ at }) => at - this.#now).sort((a, b) => a - b)
  }

  /** Lets `span` pass, ringing what becomes due, in order. */
  pass(span: number): void {
    const end = this.#now + span
    for (;;) {
      const next = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#now = Math.max(this.#now, next.at)
      this.#due = this.#due.filter(each => each !== next)
      next.ring()
    }
    this.#now = end
  }

  /** Resolves when somebody sets an alarm that `fits`. */
  alarm(fits: (delay: number) => boolean): Promise<void> {
    if (this.waiting.some(fits)) return Promise.resolve()
    return new Promise(resolve => {
      this.#set = delay => {
        if (!fits(delay)) return
        this.#set = undefined
        resolve()
      }
    })
  }
}
