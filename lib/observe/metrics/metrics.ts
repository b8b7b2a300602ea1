import type { Clock } from '../../model/clock.js'
import type { ProxyEvent } from '../../model/event.js'
import { LoopDelay } from './loop-delay.js'
import type { Labels, Metric } from './metric.js'
import { type CountedPath, ProxyCounts } from './proxy-counts.js'
import { readMetrics, type Readings } from './readings.js'
import { ServiceCounts } from './service-counts.js'

export interface MetricsOptions {
  /** How many Services have numbers of their own. */
  readonly services: number
  /** What this program is: its version and what it was told. */
  readonly build: Labels
  readonly clock: Clock
  /** The wall clock's time. */
  readonly now: () => Date
}

/** Counts what happens in the program, for Prometheus. */
export class Metrics {
  readonly #options: MetricsOptions
  readonly #services: ServiceCounts
  readonly #proxy: ProxyCounts
  readonly #delay: LoopDelay

  constructor(options: MetricsOptions) {
    this.#options = options
    this.#services = new ServiceCounts(options.services)
    this.#proxy = new ProxyCounts(options.now)
    this.#delay = new LoopDelay(options.clock)
  }

  /** Looks, until it is closed, how late the program is. */
  start(): void {
    this.#delay.start()
  }

  /** Takes note of what happened. */
  note(event: ProxyEvent): void {
    this.#services.note(event)
    this.#proxy.note(event)
  }

  /** Somebody asked how we are, and got that status. */
  answered(path: CountedPath, status: number): void {
    this.#proxy.answered(path, status)
  }

  /** See `ProxyCounts`. */
  programmed(changedAt: readonly Date[]): void {
    this.#proxy.programmed(changedAt)
  }

  /** All that was counted, and what was read now. */
  all(readings: Readings): readonly Metric[] {
    const { build, now } = this.#options
    return [
      {
        ...{ name: 'kube_portal_build_info', type: 'gauge', help: 'What runs here; always 1.' },
        samples: [{ labels: build, value: 1 }],
      },
      ...this.#proxy.metrics,
      ...readMetrics(readings, now()),
      this.#delay.metric,
      ...this.#services.metrics(readings.traffic),
    ]
  }

  /** May be called twice. */
  close(): void {
    this.#delay.close()
  }
}
