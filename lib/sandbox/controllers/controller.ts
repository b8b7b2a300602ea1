import type { ObjectChange } from '../objects.js'

/**
 * Keeps one kind of thing as it should be. Level-triggered: a change only says where to look; what is then done follows
 * from the objects as they are.
 */
export interface Controller {
  /** The keys that have to be looked at after `change`. */
  dirtiedBy(change: ObjectChange): readonly string[]
  /** Looks at `key` and puts it right. Doing it once more changes nothing. */
  reconcile(key: string): void
}

/** Names an object among those of its kind: `shop/cart`. */
export const keyOf = ({ namespace = '', name }: { namespace?: string; name: string }): string =>
  `${namespace}/${name}`

/** The namespace and the name of a key. */
export const partsOf = (key: string): readonly [namespace: string, name: string] => {
  const slash = key.indexOf('/')
  return [key.slice(0, slash), key.slice(slash + 1)]
}
