import { type Brand, branded } from './brand.js'

/** A TCP or UDP port number, 1 to 65535. */
export type Port = Brand<number, 'Port'>

/** Reads a port number, 1 to 65535. Throws RangeError on anything else. */
export const port = (value: number): Port => {
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new RangeError(`a port is a whole number from 1 to 65535, not ${value}`)
  return branded(value)
}
