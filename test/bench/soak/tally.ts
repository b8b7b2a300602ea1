/** What the clients of a soak went through. */
export interface Tally {
  /** By kind of exchange, how many went as they should. */
  readonly done: Readonly<Record<string, number>>
  /** Answers that came whole and were not what had been sent. */
  readonly wrong: number
  readonly failed: number
  /** Datagrams that were sent. */
  readonly asked: number
  /** Datagrams that were sent again, as no answer had come. */
  readonly repeated: number
  /** Why, the first few. */
  readonly reasons: readonly string[]
}

/** Reads what the clients printed. */
export const readTally = (json: string): Tally => {
  const value: unknown = JSON.parse(json)
  if (!isTally(value)) throw new Error('the clients printed something else')
  return value
}

const isTally = (value: unknown): value is Tally =>
  typeof value === 'object' &&
  value !== null &&
  'done' in value &&
  'wrong' in value &&
  'repeated' in value &&
  'reasons' in value
