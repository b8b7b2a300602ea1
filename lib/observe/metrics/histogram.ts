import type { Heading, Metric, Sample } from './metric.js'

/** `count` bounds, the first one `start`, each `factor` times the one before. */
export const exponential = (start: number, factor: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => start * factor ** index)

/** `count` bounds, the first one `start`, each `width` more than the one before. */
export const linear = (start: number, width: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => start + width * index)

/** How often something took how long. */
export class Histogram {
  readonly #heading: Heading
  /** Rising. What is more is counted, too. */
  readonly #bounds: readonly number[]
  readonly #counts: number[]
  #sum = 0
  #count = 0

  constructor(heading: Omit<Heading, 'type'>, bounds: readonly number[]) {
    this.#heading = { ...heading, type: 'histogram' }
    this.#bounds = bounds
    this.#counts = bounds.map(() => 0)
  }

  observe(value: number): void {
    this.#sum += value
    this.#count += 1
    const place = this.#bounds.findIndex(bound => value <= bound)
    if (place >= 0) this.#counts[place] = (this.#counts[place] ?? 0) + 1
  }

  /** As it is now. */
  get metric(): Metric {
    let below = 0
    const buckets: readonly Sample[] = this.#bounds.map((bound, place) => {
      below += this.#counts[place] ?? 0
      return { suffix: '_bucket', labels: { le: String(bound) }, value: below }
    })
    return {
      ...this.#heading,
      samples: [
        ...buckets,
        { suffix: '_bucket', labels: { le: '+Inf' }, value: this.#count },
        { suffix: '_sum', value: this.#sum },
        { suffix: '_count', value: this.#count },
      ],
    }
  }
}
