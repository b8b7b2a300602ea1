import type { ApiObject } from '../../api-object.js'
import { notFound } from '../status-error.js'
import type { Store } from '../store/store.js'
import type { Call } from './call.js'

/** The object that the call names. Throws 404 when it is not there. */
export const get = (store: Store, { target: { kind, namespace, name } }: Call): ApiObject => {
  const object = store.get(kind.resource, namespace, name)
  if (!object) throw notFound(kind, name)
  return object
}
