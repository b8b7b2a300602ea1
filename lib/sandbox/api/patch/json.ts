import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, isList, textAt, without } from '../../json.js'

/** A JSON patch that cannot be applied. */
export class PatchError extends Error {}

type Keys = readonly string[]

/** Reads a JSON pointer (RFC 6901). */
const keysOf = (pointer: string): Keys => {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) throw new PatchError(`not a JSON pointer: ${JSON.stringify(pointer)}`)
  return pointer
    .slice(1)
    .split('/')
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

const missing = (key: string): PatchError => new PatchError(`doc is missing key: ${key}`)

const indexOf = (list: readonly unknown[], key: string): number => {
  const index = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : list.length
  if (index >= list.length) throw missing(key)
  return index
}

const has = (holder: unknown, key: string): boolean =>
  isList(holder)
    ? /^\d+$/.test(key) && Number(key) < holder.length
    : isJsonObject(holder) && Object.hasOwn(holder, key)

const find = (document: unknown, keys: Keys): unknown =>
  keys.reduce<unknown>((holder, key) => {
    if (isList(holder)) return holder[indexOf(holder, key)]
    if (isJsonObject(holder) && has(holder, key)) return holder[key]
    throw missing(key)
  }, document)

/** `document` with what `change` makes of the holder of the last key. */
const within = (
  document: unknown,
  keys: Keys,
  change: (holder: unknown, key: string) => unknown,
): unknown => {
  const [key, ...rest] = keys
  if (key === undefined) throw new PatchError('the whole document cannot be changed')
  if (rest.length === 0) return change(document, key)
  const inner = within(find(document, [key]), rest, change)
  if (isList(document)) return document.with(indexOf(document, key), inner)
  return isJsonObject(document) ? { ...document, [key]: inner } : document
}

const add = (document: unknown, keys: Keys, value: unknown): unknown =>
  within(document, keys, (holder, key) => {
    if (isList(holder))
      return holder.toSpliced(
        key === '-' || Number(key) === holder.length ? holder.length : indexOf(holder, key),
        0,
        value,
      )
    if (isJsonObject(holder)) return { ...holder, [key]: value }
    throw missing(key)
  })

const remove = (document: unknown, keys: Keys): unknown =>
  within(document, keys, (holder, key) => {
    if (isList(holder)) return holder.toSpliced(indexOf(holder, key), 1)
    if (!isJsonObject(holder) || !has(holder, key)) throw missing(key)
    return without(holder, key)
  })

const replace = (document: unknown, keys: Keys, value: unknown): unknown =>
  within(document, keys, (holder, key) => {
    if (isList(holder)) return holder.with(indexOf(holder, key), value)
    if (!isJsonObject(holder) || !has(holder, key)) throw missing(key)
    return { ...holder, [key]: value }
  })

const apply = (document: unknown, step: unknown): unknown => {
  const value = isJsonObject(step) ? step.value : undefined
  const path = keysOf(textAt(step, 'path'))
  const from = keysOf(textAt(step, 'from'))
  const word = textAt(step, 'op')
  switch (word) {
    case 'add':
      return add(document, path, value)
    case 'remove':
      return remove(document, path)
    case 'replace':
      return replace(document, path, value)
    case 'move':
      return add(remove(document, from), path, find(document, from))
    case 'copy':
      return add(document, path, find(document, from))
    case 'test':
      if (isDeepStrictEqual(find(document, path), value)) return document
      throw new PatchError(`testing value ${textAt(step, 'path')} failed`)
    default:
      throw new PatchError(`Unexpected kind: ${word}`)
  }
}

/** Applies a JSON patch (RFC 6902), all of it. Throws PatchError when any step cannot be done. */
export const jsonPatch = (document: unknown, patch: unknown): unknown => {
  if (!isList(patch)) throw new PatchError('a JSON patch is a list of operations')
  return patch.reduce<unknown>(apply, document)
}
