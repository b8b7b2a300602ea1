import { without } from '../../json.js'
import { badRequest } from '../status-error.js'
import type { Store } from '../store/store.js'
import { type Answer, type Call, isDryRun } from './call.js'
import { sentObject } from './sent-object.js'

/** Makes the object that was sent. What it says of its status counts for nodes only, which know it themselves. */
export const create = (store: Store, call: Call): Answer => {
  const { kind, namespace } = call.target
  if (kind.namespaced && namespace === '')
    throw badRequest('an empty namespace may not be set during creation')
  const sent = sentObject(call)
  const keepsStatus = kind.resource === 'nodes' || !kind.subresources.includes('status')
  const object = keepsStatus ? sent : { ...without(sent, 'status'), metadata: sent.metadata }
  const body = isDryRun(call) ? store.planCreate(kind.resource, object) : store.create(kind.resource, object)
  return { code: 201, body }
}
