/** A sentence about an event, and to whom it matters. */
export interface Sentence {
  readonly level: 'info' | 'warn' | 'error'
  /** Shown when `-v` is this or more: 0 what an operator must see, 2 what changed, 4 every connection. */
  readonly verbosity: number
  /** Not written before somebody wants to read it: for a connection that would be dearer than the rest of its report. */
  readonly text: () => string
}

export const sentence = (
  level: Sentence['level'],
  verbosity: number,
  text: string | (() => string),
): Sentence => ({ level, verbosity, text: typeof text === 'string' ? () => text : text })
