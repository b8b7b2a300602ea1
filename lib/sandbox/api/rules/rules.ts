import type { ApiObject } from '../../api-object.js'
import type { Cause } from '../status-error.js'

/** What the API fills in for objects of a kind, and what it refuses. `current` is what an update replaces. */
export interface Rules {
  defaulted(object: ApiObject, current: ApiObject | undefined): ApiObject
  /** Everything that is wrong with an object that was filled in. */
  causes(object: ApiObject, current: ApiObject | undefined): readonly Cause[]
}
