import type fc from 'fast-check'
import { FakeClock, settled } from '../fake-clock.js'

/** Whose turn it is: all that takes time waits here, and goes on in an order that fast-check chooses. */
export class Turns {
  readonly clock = new FakeClock()
  readonly #scheduler: fc.Scheduler

  constructor(scheduler: fc.Scheduler) {
    this.#scheduler = scheduler
  }

  /** Resolves when it is its turn. */
  async wait(label: string): Promise<void> {
    await this.#scheduler.schedule(Promise.resolve(), label)
  }

  /** Lets so many waiting ones have their turn. */
  async few(count: number): Promise<void> {
    for (let index = 0; index < count && (await this.#isBusy()); index++) await this.#scheduler.waitNext(1)
    await settled()
  }

  /** The same, beginning with what is due within a millisecond. */
  async soon(count: number): Promise<void> {
    await settled()
    this.clock.advance(1)
    await this.few(count)
  }

  /** Lets all go on until nothing is left to do but wait for the clock. */
  async all(): Promise<void> {
    // Far more than there is ever to do at one moment.
    await this.few(20_000)
    if (this.#scheduler.count() > 0) throw new Error('there is always something to do')
  }

  /** The same, for so long: what is due on the way is done in time. */
  async pass(span: number): Promise<void> {
    const end = this.clock.now() + span
    await this.all()
    for (let rung = 0; ; rung++) {
      if (rung > 10_000) throw new Error('there is always something due')
      const left = end - this.clock.now()
      const [next = Infinity] = this.clock.waiting
      this.clock.advance(Math.min(next, left))
      await this.all()
      if (next >= left) return
    }
  }

  async #isBusy(): Promise<boolean> {
    // Some take a turn of the event loop or two before there is more to do.
    for (let turn = 0; turn < 3 && this.#scheduler.count() === 0; turn++) await settled()
    return this.#scheduler.count() > 0
  }
}
