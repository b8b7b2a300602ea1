import type { Way } from './documents.js'
import type { Field, Kind } from './field.js'
import { kinds } from './kinds.js'
import { nearest } from './nearest.js'

const namesIn = (fields: readonly Field[], before: string): readonly string[] => [
  ...new Set(
    fields
      .filter(({ path }) => path.startsWith(before))
      .map(({ path }) => path.slice(before.length).split('.')[0] ?? ''),
  ),
]

const lastName = (path: string): string => path.split('.').at(-1) ?? path

/** The field of that name elsewhere. */
const elsewhere = (name: string, fields: readonly Field[]): string | undefined => {
  const isThat = ({ path }: Field): boolean => lastName(path).toLowerCase() === name.toLowerCase()
  const own = fields.find(isThat)
  if (own) return own.path
  const isForeign = ({ fields: others }: Kind): boolean => others !== fields && others.some(isThat)
  const kind = kinds.find(isForeign)
  const field = kind?.fields.find(isThat)
  return kind && field && `${field.path} of a ${kind.kind}, in a document of its own`
}

/** What to say about a field that there is not. */
export const unknownField = (way: Way, fields: readonly Field[]): string => {
  const name = way.at(-1) ?? ''
  const before = way
    .slice(0, -1)
    .map(each => `${each}.`)
    .join('')
  const near = nearest(name, namesIn(fields, before))
  const here = near === undefined ? undefined : `${before}${near}`
  const isHere = near?.toLowerCase() === name.toLowerCase()
  const meant = isHere ? here : (elsewhere(name, fields) ?? here)
  return `there is no such field${meant === undefined ? '' : `; did you mean ${meant}?`}`
}
