import type { ApiObject } from '../../api-object.js'
import { numberAt, textAt, textsAt } from '../../json.js'
import type { Kind } from '../kinds.js'
import { conflict, type Status } from '../status-error.js'
import type { Store } from '../store/store.js'
import { type Answer, type Call, countIn, isDryRun } from './call.js'
import { get } from './get.js'
import { list, withoutTypes } from './list.js'

const checkPreconditions = (kind: Kind, object: ApiObject, body: unknown): void => {
  for (const field of ['uid', 'resourceVersion']) {
    const wanted = textAt(body, 'preconditions', field)
    const found = textAt(object, 'metadata', field)
    if (wanted === '' || wanted === found) continue
    const title = field === 'uid' ? 'UID' : 'ResourceVersion'
    throw conflict(
      kind,
      object.metadata.name,
      `Precondition failed: ${title} in precondition: ${wanted}, ${title} in object meta: ${found}`,
    )
  }
}

/** Seconds; only pods that a node runs need any. */
const graceFor = (object: ApiObject, { target, query, body }: Call): number => {
  if (target.kind.resource !== 'pods' || textAt(object, 'spec', 'nodeName') === '') return 0
  return (
    numberAt(body, 'gracePeriodSeconds') ??
    countIn(query, 'gracePeriodSeconds') ??
    numberAt(object, 'spec', 'terminationGracePeriodSeconds') ??
    30
  )
}

const success = (kind: Kind, { metadata: { name, uid } }: ApiObject): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.resource, uid },
})

const isRehearsal = (call: Call): boolean => isDryRun(call) || textsAt(call.body, 'dryRun').includes('All')

/** What is left of the object: itself while its pod has time to stop, otherwise undefined. */
const deleteOne = (store: Store, call: Call, object: ApiObject): ApiObject | undefined => {
  const { kind } = call.target
  checkPreconditions(kind, object, call.body)
  const grace = graceFor(object, call)
  if (isRehearsal(call)) return grace > 0 ? object : undefined
  if (grace > 0) return store.terminate(kind.resource, object, grace)
  store.remove(kind.resource, object.metadata.namespace ?? '', object.metadata.name)
  return undefined
}

/** Deletes the object; a pod that runs stays until its time to stop is over, or its node is done with it. */
export const deleteObject = (store: Store, call: Call): Answer => {
  const object = get(store, call)
  const left = deleteOne(store, call, object)
  return { code: 200, body: left ?? { ...success(call.target.kind, object) } }
}

/** Deletes all that are selected, and answers which they were. */
export const deleteCollection = (store: Store, call: Call): Answer => {
  const query = new URLSearchParams(call.query)
  query.delete('limit')
  const doomed = list(store.ledger, { ...call, query })
  for (const object of doomed.items) deleteOne(store, call, object)
  return { code: 200, body: withoutTypes(doomed) }
}
