import type { ApiObject } from '../api-object.js'
import { type JsonObject, numberAt } from '../json.js'
import { condition, type Moment } from './condition.js'

/** Of a deployment: the ReplicaSet of its template, and those of earlier ones. */
export interface Generations {
  readonly current: ApiObject
  readonly earlier: readonly ApiObject[]
}

const count = (sets: readonly ApiObject[], field: string): number =>
  sets.reduce((sum, set) => sum + (numberAt(set, 'status', field) ?? 0), 0)

/** What `kubectl get deployments` and `kubectl rollout status` look at. */
export const deploymentStatus = (
  deployment: ApiObject,
  { current, earlier }: Generations,
  moment: Moment,
): JsonObject => {
  const all = [current, ...earlier]
  const wanted = numberAt(deployment, 'spec', 'replicas') ?? 1
  const available = count(all, 'availableReplicas')
  const enough = available >= wanted
  return {
    observedGeneration: deployment.metadata.generation ?? 1,
    replicas: count(all, 'replicas'),
    updatedReplicas: count([current], 'replicas'),
    readyReplicas: count(all, 'readyReplicas'),
    availableReplicas: available,
    ...(!enough && { unavailableReplicas: wanted - available }),
    conditions: [
      condition(
        deployment,
        {
          type: 'Available',
          status: enough ? 'True' : 'False',
          reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        },
        moment,
      ),
      condition(
        deployment,
        {
          type: 'Progressing',
          status: 'True',
          reason: enough ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated',
        },
        moment,
      ),
    ],
  }
}
