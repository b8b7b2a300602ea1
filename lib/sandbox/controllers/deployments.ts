import type { ApiObject } from '../api-object.js'
import { numberAt, objectAt, textMapAt } from '../json.js'
import type { Objects } from '../objects.js'
import { type Controller, keyOf, partsOf } from './controller.js'
import { deploymentStatus } from './deployment-status.js'
import { isOwnedBy, ownerName, ownerReference } from './owner.js'
import { templateHash } from './template-hash.js'

/** The ReplicaSet for the deployment's template as it is now. */
export const replicaSetFor = (deployment: ApiObject): ApiObject => {
  const { name, namespace = '' } = deployment.metadata
  const template = objectAt(deployment, 'spec', 'template')
  const selector = objectAt(deployment, 'spec', 'selector')
  const hash = { 'pod-template-hash': templateHash(template) }
  const labels = { ...textMapAt(template, 'metadata', 'labels'), ...hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash['pod-template-hash']}`,
      namespace,
      labels,
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: numberAt(deployment, 'spec', 'replicas') ?? 1,
      selector: { ...selector, matchLabels: { ...textMapAt(selector, 'matchLabels'), ...hash } },
      template: { ...template, metadata: { ...objectAt(template, 'metadata'), labels } },
    },
  }
}

const scale = (objects: Objects, set: ApiObject, replicas: number): ApiObject =>
  objects.update('replicasets', { ...set, spec: { ...objectAt(set, 'spec'), replicas } })

/**
 * Has a ReplicaSet for each template a Deployment ever had. The new one starts at once with all of its pods; those of
 * earlier templates go as it gets ready, so there are never fewer that serve, whatever
 * strategy is asked for.
 */
export const deployments = (objects: Objects, now: () => string): Controller => ({
  dirtiedBy: ({ resource, object }) => {
    const { namespace = '' } = object.metadata
    if (resource === 'deployments') return [keyOf(object.metadata)]
    const name = resource === 'replicasets' ? ownerName(object, 'Deployment') : undefined
    return name === undefined ? [] : [keyOf({ namespace, name })]
  },
  reconcile: key => {
    const [namespace, name] = partsOf(key)
    const deployment = objects.get('deployments', namespace, name)
    if (!deployment) return
    const wanted = replicaSetFor(deployment)
    const replicas = numberAt(wanted, 'spec', 'replicas') ?? 1
    const existing = objects.get('replicasets', namespace, wanted.metadata.name)
    const current = existing ? scale(objects, existing, replicas) : objects.create('replicasets', wanted)
    const missing = replicas - (numberAt(current, 'status', 'availableReplicas') ?? 0)
    const earlier = objects
      .list('replicasets', namespace)
      .filter(set => isOwnedBy(set, deployment) && set.metadata.name !== current.metadata.name)
      .map(set => scale(objects, set, Math.min(numberAt(set, 'spec', 'replicas') ?? 0, Math.max(0, missing))))
    const status = deploymentStatus(deployment, { current, earlier }, { now: now() })
    objects.update('deployments', { ...deployment, status })
  },
})
