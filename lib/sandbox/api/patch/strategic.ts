import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, isList, type JsonObject, listAt, textAt, without } from '../../json.js'
import { inOrder } from './element-order.js'
import type { MergeKeys } from './merge-keys.js'

const order = '$setElementOrder/'
const deletion = '$deleteFromPrimitiveList/'

const isSame = (key: string, element: unknown, other: unknown): boolean =>
  isJsonObject(element) && isJsonObject(other) && isDeepStrictEqual(element[key], other[key])

/** Merges a list whose elements are told apart by `keys.key`. */
const mergeElements = (
  target: readonly unknown[],
  patch: readonly unknown[],
  keys: MergeKeys,
): readonly unknown[] => {
  const { key = '' } = keys
  if (patch.some(element => textAt(element, '$patch') === 'replace'))
    return patch.filter(element => textAt(element, '$patch') !== 'replace')
  return patch.reduce<readonly unknown[]>((merged, element) => {
    const index = merged.findIndex(known => isSame(key, known, element))
    if (textAt(element, '$patch') === 'delete') return merged.filter(known => !isSame(key, known, element))
    if (index < 0) return [...merged, strategicMerge({}, element, keys)]
    return merged.with(index, strategicMerge(merged[index], element, keys))
  }, target)
}

const mergeList = (
  target: unknown,
  patch: readonly unknown[],
  keys: MergeKeys | undefined,
): readonly unknown[] => {
  const known = isList(target) ? target : []
  if (keys?.set) return [...known, ...patch.filter(value => !known.includes(value))]
  return keys?.key === undefined ? patch : mergeElements(known, patch, keys)
}

const mergeField = (target: unknown, patch: unknown, keys: MergeKeys | undefined): unknown => {
  if (isList(patch)) return mergeList(target, patch, keys)
  return isJsonObject(patch) ? strategicMerge(target, patch, keys ?? {}) : patch
}

const retained = (target: JsonObject, patch: JsonObject): JsonObject => {
  const keep = patch.$retainKeys
  return isList(keep)
    ? Object.fromEntries(Object.entries(target).filter(([field]) => keep.includes(field)))
    : target
}

const fieldOf = (directive: string): string => directive.slice(directive.indexOf('/') + 1)

const withoutDeleted = (merged: JsonObject, patch: JsonObject): JsonObject => {
  const lists: Record<string, unknown> = { ...merged }
  for (const directive of Object.keys(patch).filter(name => name.startsWith(deletion))) {
    const doomed = listAt(patch, directive)
    lists[fieldOf(directive)] = listAt(lists, fieldOf(directive)).filter(value => !doomed.includes(value))
  }
  return lists
}

/** The merged lists in the order that the patch asks for, or else in its own. */
const arranged = (merged: JsonObject, before: JsonObject, { patch, keys }: Arrangement): JsonObject => {
  const lists: Record<string, unknown> = { ...merged }
  for (const [field, { key, set }] of Object.entries(keys.fields ?? {})) {
    const list = lists[field]
    const wanted = patch[`${order}${field}`] ?? patch[field]
    if ((key !== undefined || set) && isList(list) && isList(wanted))
      lists[field] = inOrder(list, { wanted, before: listAt(before, field), key })
  }
  return lists
}

interface Arrangement {
  readonly patch: JsonObject
  readonly keys: MergeKeys
}

/**
 * Applies a strategic merge patch, as kubectl sends it: a merge patch in which lists with a merge key are merged by
 * element, with the directives `$patch`, `$retainKeys`, `$setElementOrder` and `$deleteFromPrimitiveList`.
 */
export const strategicMerge = (target: unknown, patch: unknown, keys: MergeKeys): unknown => {
  if (!isJsonObject(patch)) return patch
  const before = isJsonObject(target) ? target : {}
  if (patch.$patch === 'delete') return {}
  if (patch.$patch === 'replace') return without(patch, '$patch')
  const merged: Record<string, unknown> = { ...retained(before, patch) }
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith('$')) continue
    if (value === null) Reflect.deleteProperty(merged, field)
    else merged[field] = mergeField(merged[field], value, keys.fields?.[field])
  }
  return arranged(withoutDeleted(merged, patch), before, { patch, keys })
}
