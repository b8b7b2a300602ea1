import { isDeepStrictEqual } from 'node:util'
import type { ApiKind } from './api-kind.js'
import { field, text } from './raw.js'

/** A kind of object, and what becomes of each. */
export interface Followed<Value> {
  readonly kind: ApiKind
  /** Takes from an object what is worth keeping. Never throws. */
  readonly decode: (object: unknown) => Value
}

/** As it is, unless it could be taken for something else in a key. */
const part = (name: string): string => (/["/]/.test(name) ? JSON.stringify(name) : name)

/**
 * The key of an object in a mirror: `NAMESPACE/NAME`, or `NAME` for kinds without namespaces. What is no name is quoted, so that no
 * two objects have the same key.
 */
export const keyOf = (object: unknown): string => {
  const namespace = text(field(object, 'metadata', 'namespace')) ?? ''
  const name = part(text(field(object, 'metadata', 'name')) ?? '')
  return namespace === '' ? name : `${part(namespace)}/${name}`
}

/** `before` where `after` is equal to it, so that an unchanged object is the same object. */
export const sameOr = <Value>(before: Value | undefined, after: Value): Value =>
  before !== undefined && isDeepStrictEqual(before, after) ? before : after
