import type { ApiObject } from '../../api-object.js'
import { apiVersionOf, type Kind } from '../kinds.js'
import type { Selection } from '../select/selection.js'
import type { Status } from '../status-error.js'
import type { Change } from '../store/history.js'
import { versioned } from '../store/metadata.js'

/** One line of a watch. */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: ApiObject }
  | { readonly type: 'ERROR'; readonly object: Status }

/**
 * What a change is to somebody who sees only what is selected: an object that starts to match is added, one that
 * no longer does is deleted, as it last was. Undefined when it is nothing.
 */
export const eventFor = (
  { type, object, previous, version }: Change,
  seen: Selection,
): WatchEvent | undefined => {
  const was = previous ? seen.has(previous) : type !== 'ADDED' && seen.has(object)
  const is = type !== 'DELETED' && seen.has(object)
  if (was && is) return { type: 'MODIFIED', object }
  if (is) return { type: 'ADDED', object }
  if (!was) return undefined
  return { type: 'DELETED', object: type === 'DELETED' ? object : versioned(previous ?? object, version) }
}

/** Tells how far the watch has come. */
export const bookmark = (
  kind: Kind,
  version: number,
  annotations?: Readonly<Record<string, string>>,
): WatchEvent => ({
  type: 'BOOKMARK',
  object: {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    metadata: {
      name: '',
      resourceVersion: String(version),
      ...(annotations ? { annotations } : {}),
    },
  },
})
