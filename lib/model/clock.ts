import type { Milliseconds } from './milliseconds.js'

/** Where time comes from. Passed in, so that a test decides what time it is. */
export interface Clock {
  /** Time since some fixed moment. Never goes back, whatever happens to the wall clock. */
  now(): Milliseconds
  /** Calls `ring` once, `delay` from now. */
  after(delay: Milliseconds, ring: () => void): Alarm
}

/** A call to come. */
export interface Alarm {
  /** Prevents the call. May be called at any time, and twice. */
  cancel(): void
}
