import type { ApiObject } from '../../api-object.js'
import type { Store } from '../store/store.js'
import { type Answer, type Call, isDryRun } from './call.js'
import { get } from './get.js'
import { sentObject } from './sent-object.js'

/** The status has its own path, and each path leaves the other's part alone. */
const scoped = (sent: ApiObject, current: ApiObject, { target }: Call): ApiObject => {
  const { resourceVersion } = sent.metadata
  if (target.subresource === 'status')
    return {
      ...current,
      status: sent.status,
      metadata: { ...current.metadata, resourceVersion: resourceVersion ?? '' },
    }
  return target.kind.subresources.includes('status') ? { ...sent, status: current.status } : sent
}

/** Replaces the current object by `sent`, or only its status where the path says so. */
export const replace = (store: Store, call: Call, sent: ApiObject): Answer => {
  const { resource } = call.target.kind
  const object = scoped(sent, get(store, call), call)
  return {
    code: 200,
    body: isDryRun(call) ? store.planUpdate(resource, object) : store.update(resource, object),
  }
}

/** Replaces the object by the one that was sent. */
export const update = (store: Store, call: Call): Answer => {
  get(store, call)
  return replace(store, call, sentObject(call))
}
