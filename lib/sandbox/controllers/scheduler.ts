import type { ApiObject } from '../api-object.js'
import { objectAt, textAt } from '../json.js'
import type { Objects } from '../objects.js'
import { type Controller, keyOf, partsOf } from './controller.js'
import { isTerminating } from './pod.js'

const scheduled = (pod: ApiObject, nodeName: string): ApiObject => ({
  ...pod,
  spec: { ...objectAt(pod, 'spec'), nodeName },
})

/** Puts every pod that does not name its Node on `nodeName`. */
export const scheduler = (objects: Objects, nodeName: string): Controller => ({
  dirtiedBy: ({ resource, object }) => (resource === 'pods' ? [keyOf(object.metadata)] : []),
  reconcile: key => {
    const pod = objects.get('pods', ...partsOf(key))
    if (!pod || isTerminating(pod) || textAt(pod, 'spec', 'nodeName') !== '') return
    objects.update('pods', scheduled(pod, nodeName))
  },
})
