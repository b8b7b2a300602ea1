import type { ApiObject } from '../api-object.js'
import { type JsonObject, numberAt, objectAt, textMapAt } from '../json.js'
import type { Objects } from '../objects.js'
import { type Controller, keyOf, partsOf } from './controller.js'
import { isOwnedBy, ownerName, ownerReference } from './owner.js'
import { isActive, isReady, isTerminating, terminatePod } from './pod.js'

/** One more pod of the set; the API makes its name. */
export const podFor = (set: ApiObject): ApiObject => {
  const { name, namespace = '' } = set.metadata
  const template = objectAt(set, 'spec', 'template')
  const annotations = textMapAt(template, 'metadata', 'annotations')
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: '',
      generateName: `${name}-`,
      namespace,
      labels: textMapAt(template, 'metadata', 'labels'),
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ownerReferences: [ownerReference(set)],
    },
    spec: objectAt(template, 'spec'),
  }
}

/** Those of `pods` that go where only `wanted` may stay: first who does not serve. */
const leaving = (pods: readonly ApiObject[], wanted: number): readonly ApiObject[] =>
  [...pods.filter(isReady), ...pods.filter(pod => !isReady(pod))].slice(wanted)

const statusOf = (set: ApiObject, pods: readonly ApiObject[]): JsonObject => {
  const ready = pods.filter(isReady).length
  return {
    replicas: pods.length,
    fullyLabeledReplicas: pods.length,
    readyReplicas: ready,
    availableReplicas: ready,
    observedGeneration: set.metadata.generation ?? 1,
  }
}

const podsOf = (objects: Objects, set: ApiObject): readonly ApiObject[] =>
  objects
    .list('pods', set.metadata.namespace)
    .filter(pod => isOwnedBy(pod, set) && !isTerminating(pod) && isActive(pod))

/** Has as many pods as each ReplicaSet wants. */
export const replicaSets = (objects: Objects): Controller => ({
  dirtiedBy: ({ resource, object }) => {
    const { namespace = '' } = object.metadata
    if (resource === 'replicasets') return [keyOf(object.metadata)]
    const name = resource === 'pods' ? ownerName(object, 'ReplicaSet') : undefined
    return name === undefined ? [] : [keyOf({ namespace, name })]
  },
  reconcile: key => {
    const set = objects.get('replicasets', ...partsOf(key))
    if (!set) return
    const wanted = numberAt(set, 'spec', 'replicas') ?? 1
    const pods = podsOf(objects, set)
    for (let count = pods.length; count < wanted; count += 1) objects.create('pods', podFor(set))
    for (const pod of leaving(pods, wanted)) terminatePod(objects, pod)
    objects.update('replicasets', { ...set, status: statusOf(set, podsOf(objects, set)) })
  },
})
