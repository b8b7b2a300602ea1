import type { ApiObject } from '../api-object.js'
import { objectAt, textAt } from '../json.js'
import type { Objects } from '../objects.js'
import { type Controller, keyOf, partsOf } from './controller.js'
import { isTerminating } from './pod.js'

const scheduled = (pod: ApiObject, nodeName: string): ApiObject => ({
  ...pod,
  spec: { ...objectAt(pod, 'spec'), nodeName },
})

/** The first of those Nodes that have the fewest pods. */
const leastBusy = (objects: Objects, nodeNames: readonly string[]): string => {
  const busy = objects.list('pods').map(pod => textAt(pod, 'spec', 'nodeName'))
  const pods = (nodeName: string): number => busy.filter(name => name === nodeName).length
  return nodeNames.reduce((least, nodeName) => (pods(nodeName) < pods(least) ? nodeName : least))
}

/** Spreads the pods that do not name their Node over `nodeNames`, which are not none. */
export const scheduler = (objects: Objects, nodeNames: readonly string[]): Controller => ({
  dirtiedBy: ({ resource, object }) => (resource === 'pods' ? [keyOf(object.metadata)] : []),
  reconcile: key => {
    const pod = objects.get('pods', ...partsOf(key))
    if (!pod || isTerminating(pod) || textAt(pod, 'spec', 'nodeName') !== '') return
    objects.update('pods', scheduled(pod, leastBusy(objects, nodeNames)))
  },
})
