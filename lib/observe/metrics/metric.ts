export type Labels = Readonly<Record<string, string>>

/** One number of a metric. */
export interface Sample {
  /** What is added to the metric's name: a histogram has several kinds of numbers. */
  readonly suffix?: '_bucket' | '_sum' | '_count'
  readonly labels?: Labels
  readonly value: number
}

/** What a metric is, without its numbers. Units are seconds and bytes. A counter's name ends in `_total`. */
export interface Heading {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** One sentence. */
  readonly help: string
}

/** Numbers that mean the same, told apart by labels. */
export interface Metric extends Heading {
  readonly samples: readonly Sample[]
}

/** A metric with one number. */
export const single = (heading: Heading, value: number): Metric => ({ ...heading, samples: [{ value }] })

/** The moment, as Prometheus counts time. */
export const unixSeconds = (moment: Date): number => moment.getTime() / 1000
