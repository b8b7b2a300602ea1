import { check, most } from './check.js'
import { type ParsedDocument, parseDocuments } from './documents.js'
import { type Field, isApplied, type Kind } from './field.js'
import { kindOf } from './kind-of.js'
import { inOrder, type Mistake, type Place } from './mistake.js'
import type { NotApplied } from './not-applied.js'
import { isZero } from './zero.js'

/** What a file says about an option of `kube-portal run`. */
export interface Setting extends Place {
  /** Its name in the file. */
  readonly path: string
  /** Which option: `drainTimeout`. */
  readonly option: string
  /** As one would write it on the command line; true for an option without a value. */
  readonly value: string | true
}

/** What a configuration file says. Where there are mistakes, of what is right in it. */
export interface Configuration {
  readonly settings: readonly Setting[]
  readonly notApplied: readonly (NotApplied & Place)[]
  readonly mistakes: readonly Mistake[]
}

/** Longer texts are no configuration. */
export const longestConfiguration = 1 << 18

const nothing: Configuration = { settings: [], notApplied: [], mistakes: [] }

const valueAt = (value: unknown, way: readonly string[]): unknown =>
  way.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null
        ? Object.entries(inner).find(([key]) => key === name)?.[1]
        : undefined,
    value,
  )

/** Whether the value means the default. */
const isUnset = (value: unknown, field: Field, { zeroIsDefault }: Kind): boolean => {
  if (value === undefined || value === null || value === '') return true
  if (typeof value === 'object') return Object.keys(value).length === 0
  if ('asIs' in field) return false
  if (value === false) return true
  return zeroIsDefault && (value === 0 || (typeof value === 'string' && (value === '0-0' || isZero(value))))
}

const optionValue = (value: unknown): string | true => {
  if (value === true) return true
  return Array.isArray(value) ? value.join(',') : String(value)
}

const readDocument = (document: ParsedDocument, kind: Kind): Configuration => {
  const { mistakes, wrong } = check(document, kind)
  const set = kind.fields.flatMap(field => {
    const way = field.path.split('.')
    const value = valueAt(document.value, way)
    if (wrong.has(field) || isUnset(value, field, kind)) return []
    return [{ field, value, place: document.placeOfName(way) }]
  })
  const applied = set.flatMap(each => (isApplied(each.field) ? [{ ...each, field: each.field }] : []))
  const others = set.flatMap(each => (isApplied(each.field) ? [] : [{ ...each, field: each.field }]))
  return {
    settings: applied.map(({ field, value, place }) => ({
      ...{ path: field.path, option: field.option, ...place },
      value: optionValue(value),
    })),
    notApplied: others
      .filter(({ field, value }) => !field.asIs?.includes(String(value)))
      .map(({ field, place }) => ({ name: field.path, why: field.why, ...place })),
    mistakes,
  }
}

const together = (parts: readonly Configuration[]): Configuration => ({
  settings: parts.flatMap(({ settings }) => settings),
  notApplied: parts.flatMap(({ notApplied }) => notApplied).sort(inOrder),
  mistakes: parts
    .flatMap(({ mistakes }) => mistakes)
    .sort(inOrder)
    .slice(0, most),
})

const mistaken = (place: Place, text: string, path = ''): Configuration => ({
  ...nothing,
  mistakes: [{ ...place, path, text }],
})

const start: Place = { line: 1, column: 1 }

/** Reads a configuration file, YAML or JSON: a document for kube-proxy, one for us, or both, in any order. */
export const readConfiguration = (text: string): Configuration => {
  if (text.length > longestConfiguration)
    return mistaken(start, 'this is longer than 256 kB, and so no configuration')
  const { documents, mistakes } = parseDocuments(text)
  if (documents.length === 0 && mistakes.length === 0) return mistaken(start, 'the file is empty')
  const seen = new Map<Kind, Place>()
  const read = documents.map(document => {
    const found = kindOf(document)
    if ('text' in found) return { ...nothing, mistakes: [found] }
    const place = document.placeOfName(['kind'])
    const before = seen.get(found)
    if (before) return mistaken(place, `there is a ${found.kind} at line ${before.line} already`, 'kind')
    seen.set(found, place)
    return readDocument(document, found)
  })
  return together([{ ...nothing, mistakes }, ...read])
}
