import type { Alarm, Clock } from '../../model/clock.js'
import { milliseconds } from '../../model/milliseconds.js'
import { Histogram } from './histogram.js'
import type { Metric } from './metric.js'

const period = milliseconds(500)

/** Looks twice a second how much later than asked for an alarm rings: nobody is served meanwhile. */
export class LoopDelay {
  readonly #clock: Clock
  readonly #delays = new Histogram(
    {
      name: 'kube_portal_event_loop_delay_seconds',
      help: 'How late the program came to what was due, looked at twice a second.',
    },
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  )
  #alarm: Alarm | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get metric(): Metric {
    return this.#delays.metric
  }

  /** Looks until it is closed. */
  start(): void {
    this.#alarm = this.#next()
  }

  /** May be called twice. */
  close(): void {
    this.#alarm?.cancel()
  }

  #next(): Alarm {
    const due = this.#clock.now() + period
    return this.#clock.after(period, () => {
      this.#delays.observe(Math.max(0, this.#clock.now() - due) / 1000)
      this.#alarm = this.#next()
    })
  }
}
