import type { FieldType } from './field.js'

const alternatives = (words: readonly string[]): string =>
  [words.slice(0, -1).join(', '), words.at(-1) ?? ''].filter(part => part !== '').join(' or ')

/** What the elements of a value of this type are. */
export const elementOf = (type: FieldType): FieldType | undefined => {
  if (type === 'texts') return 'text'
  return type === 'flags' ? 'flag' : undefined
}

const description = (type: FieldType | undefined): string => {
  // A field that others are in; or an element that is one.
  if (type === undefined) return 'fields with values are'
  if (typeof type !== 'string') return `${alternatives(type)} is`
  switch (type) {
    case 'text':
      return 'a text is'
    case 'texts':
      return 'a list of texts is'
    case 'duration':
      return 'a duration such as 10s, 1m30s or 250ms is'
    case 'span':
      return 'a duration such as 5s is'
    case 'size':
      return 'a number of bytes is'
    case 'integer':
      return 'a whole number is'
    case 'number':
      return 'a number is'
    case 'flag':
      return 'true or false is'
    case 'flags':
      return 'names with true or false are'
    case 'list':
      return 'a list is'
  }
}

const shown = (value: unknown): string => {
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 37)}…` : text
}

/** What should be there instead of `value`: `a text is expected, not 10249: put it in quotes`. */
export const expected = (type: FieldType | undefined, value: unknown): string => {
  const wantsQuotes = type === 'text' && ['number', 'boolean'].includes(typeof value)
  return `${description(type)} expected, not ${shown(value)}${wantsQuotes ? ': put it in quotes' : ''}`
}
