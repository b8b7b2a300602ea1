import type { ParsedDocument } from './documents.js'
import { expected } from './expected.js'
import type { Kind } from './field.js'
import { kinds } from './kinds.js'
import type { Mistake } from './mistake.js'

const fieldOf = (value: object, name: string): unknown =>
  Object.entries(value).find(([key]) => key === name)?.[1]

const known = kinds.map(({ kind }) => kind).join(' or ')

const kindMistake = (kind: unknown): string => {
  if (kind === 'ConfigMap')
    return 'this is the whole ConfigMap; save what is in its data, config.conf, as a file'
  return kind === undefined ? `it is missing: ${known}` : `${known} is expected, not ${JSON.stringify(kind)}`
}

/** What kind of document it is; a mistake where it is none of ours. */
export const kindOf = (document: ParsedDocument): Kind | Mistake => {
  const { value } = document
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ...document.placeOf([]), path: '', text: expected(undefined, value) }
  const name = fieldOf(value, 'kind')
  const kind = kinds.find(each => each.kind === name)
  if (!kind) return { ...document.placeOf(['kind']), path: 'kind', text: kindMistake(name) }
  const version = fieldOf(value, 'apiVersion')
  if (version === kind.apiVersion) return kind
  const text = `a ${kind.kind} is of ${kind.apiVersion}, not ${JSON.stringify(version ?? null)}`
  return { ...document.placeOf(['apiVersion']), path: 'apiVersion', text }
}
