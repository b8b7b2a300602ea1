import type { ApiObject } from '../../api-object.js'
import { matches } from '../../../model/label-selector.js'
import type { Kind } from '../kinds.js'
import { fieldSelector, meets } from './field-selector.js'
import { labelSelector } from './label-selector.js'

/** Which objects a list or a watch is about. */
export interface Selection {
  /** Whether there is any condition at all. */
  readonly narrow: boolean
  has(object: ApiObject): boolean
}

/** Reads `labelSelector` and `fieldSelector`. Throws 400 when they make no sense. */
export const selection = (kind: Kind, query: URLSearchParams): Selection => {
  const labels = labelSelector(query.get('labelSelector') ?? '')
  const fields = fieldSelector(kind, query.get('fieldSelector') ?? '')
  return {
    narrow: labels.length + fields.length > 0,
    has: object => matches(labels, object.metadata.labels ?? {}) && meets(fields, object),
  }
}
