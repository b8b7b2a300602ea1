import type { Objects, Resource } from '../objects.js'
import { type Controller, keyOf, partsOf } from './controller.js'
import { ownersOf } from './owner.js'
import { terminatePod } from './pod.js'

const dependents: readonly Resource[] = ['replicasets', 'endpointslices']

/** Removes what was owned by an object that is gone. Its keys are the namespace and the uid of that object. */
export const garbage = (objects: Objects): Controller => ({
  dirtiedBy: ({ type, object: { metadata } }) =>
    type === 'DELETED' ? [keyOf({ namespace: metadata.namespace ?? '', name: metadata.uid ?? '' })] : [],
  reconcile: key => {
    const [namespace, uid] = partsOf(key)
    for (const resource of dependents)
      for (const object of objects.list(resource, namespace))
        if (ownersOf(object).includes(uid)) objects.remove(resource, namespace, object.metadata.name)
    for (const pod of objects.list('pods', namespace))
      if (ownersOf(pod).includes(uid)) terminatePod(objects, pod)
  },
})
