import { type Brand, branded } from './brand.js'

/** A span of time, or a moment on a `Clock`. */
export type Milliseconds = Brand<number, 'Milliseconds'>

/** Reads a span in milliseconds. Throws RangeError unless it is a number of 0 or more. */
export const milliseconds = (value: number): Milliseconds => {
  if (!(value >= 0)) throw new RangeError(`a span of time is 0 or more milliseconds, not ${value}`)
  return branded(value)
}

/** Reads a span in seconds. Throws RangeError unless it is a number of 0 or more. */
export const seconds = (value: number): Milliseconds => milliseconds(value * 1000)
