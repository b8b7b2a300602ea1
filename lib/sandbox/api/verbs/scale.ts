import type { ApiObject } from '../../api-object.js'
import { isJsonObject, type JsonObject, numberAt, objectAt, textAt, textMapAt } from '../../json.js'
import { badRequest } from '../status-error.js'
import type { Store } from '../store/store.js'
import { type Answer, type Call, isDryRun } from './call.js'
import { get } from './get.js'
import { patched } from './patch.js'

const scaleOf = (object: ApiObject): JsonObject => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: numberAt(object, 'spec', 'replicas') ?? 0 },
    status: {
      replicas: numberAt(object, 'status', 'replicas') ?? 0,
      selector: Object.entries(textMapAt(object, 'spec', 'selector', 'matchLabels'))
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
    },
  }
}

const scaled = (store: Store, call: Call, scale: unknown): Answer => {
  const current = get(store, call)
  if (!isJsonObject(scale)) throw badRequest('the body of the request is not a JSON object')
  const { resource } = call.target.kind
  const object: ApiObject = {
    ...current,
    metadata: { ...current.metadata, resourceVersion: textAt(scale, 'metadata', 'resourceVersion') },
    spec: { ...objectAt(current, 'spec'), replicas: numberAt(scale, 'spec', 'replicas') ?? 0 },
  }
  const next = isDryRun(call) ? store.planUpdate(resource, object) : store.update(resource, object)
  return { code: 200, body: scaleOf(next) }
}

/** The number of replicas, as an object of its own. */
export const getScale = (store: Store, call: Call): Answer => ({ code: 200, body: scaleOf(get(store, call)) })

export const updateScale = (store: Store, call: Call): Answer => scaled(store, call, call.body)

export const patchScale = (store: Store, call: Call): Answer =>
  scaled(store, call, patched(scaleOf(get(store, call)), call))
