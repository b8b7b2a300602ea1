import { inspect } from 'node:util'

/** A JSON object. Throws TypeError on anything else, as the others here do on what is not theirs. */
export const objectIn = (value: unknown): Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unlike('an object', value)
  return Object.fromEntries(Object.entries(value))
}

export const listIn = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw unlike('a list', value)
  return value
}

export const textIn = (value: unknown): string => {
  if (typeof value !== 'string') throw unlike('a text', value)
  return value
}

export const numberIn = (value: unknown): number => {
  if (typeof value !== 'number') throw unlike('a number', value)
  return value
}

export const flagIn = (value: unknown): boolean => {
  if (typeof value !== 'boolean') throw unlike('true or false', value)
  return value
}

/** One of `words`. */
export const wordIn = <Word extends string>(value: unknown, words: readonly Word[]): Word => {
  const found = words.find(word => word === value)
  if (found === undefined) throw unlike(words.join(' or '), value)
  return found
}

const unlike = (wanted: string, value: unknown): TypeError =>
  new TypeError(`${wanted} was expected, not ${inspect(value, { breakLength: Infinity }).slice(0, 80)}`)
