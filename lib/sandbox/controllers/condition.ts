import type { ApiObject } from '../api-object.js'
import { type JsonObject, listAt, textAt } from '../json.js'

export interface Moment {
  /** As the API writes it: `2026-11-22T07:05:46Z`. */
  readonly now: string
}

/** A condition, with the time of the last one of its type when nothing changed. */
export const condition = (
  object: ApiObject,
  wanted: { readonly type: string; readonly status: string; readonly [field: string]: string },
  { now }: Moment,
): JsonObject => {
  const before = listAt(object, 'status', 'conditions').find(other => textAt(other, 'type') === wanted.type)
  const same = before !== undefined && textAt(before, 'status') === wanted.status
  return { ...wanted, lastTransitionTime: (same && textAt(before, 'lastTransitionTime')) || now }
}
