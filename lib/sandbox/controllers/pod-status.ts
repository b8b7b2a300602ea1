import type { IpAddress } from '../../model/ip-address.js'
import type { ApiObject } from '../api-object.js'
import { condition, type Moment } from './condition.js'
import { type JsonObject, listAt, objectAt, textAt } from '../json.js'

/** Where a pod runs. */
export interface Place {
  /** One of each family that its Node has. */
  readonly addresses: readonly IpAddress[]
  /** The InternalIPs of its Node. */
  readonly hosts: readonly string[]
}

/** With this annotation `"false"` a pod runs and answers but is not ready, as with a readiness probe that fails. */
export const readyAnnotation = 'sandbox.kube-portal.dev/ready'

const containerStatuses = (pod: ApiObject, ready: boolean, { now }: Moment): readonly JsonObject[] =>
  listAt(pod, 'spec', 'containers').map((container, index) => ({
    name: textAt(container, 'name'),
    image: textAt(container, 'image'),
    imageID: '',
    ready,
    started: true,
    restartCount: 0,
    state: {
      running: {
        startedAt:
          textAt(listAt(pod, 'status', 'containerStatuses')[index], 'state', 'running', 'startedAt') || now,
      },
    },
  }))

/** The status of a pod that runs: `1/1 Running` to `kubectl get pods`. */
export const runningStatus = (pod: ApiObject, { addresses, hosts }: Place, moment: Moment): JsonObject => {
  const ready = pod.metadata.annotations?.[readyAnnotation] !== 'false'
  const conditions: readonly (readonly [string, boolean])[] = [
    ['PodReadyToStartContainers', true],
    ['Initialized', true],
    ['Ready', ready],
    ['ContainersReady', ready],
    ['PodScheduled', true],
  ]
  return {
    ...objectAt(pod, 'status'),
    phase: 'Running',
    hostIP: hosts[0],
    hostIPs: hosts.map(ip => ({ ip })),
    podIP: addresses[0],
    podIPs: addresses.map(ip => ({ ip })),
    startTime: textAt(pod, 'status', 'startTime') || moment.now,
    conditions: conditions.map(([type, status]) =>
      condition(pod, { type, status: status ? 'True' : 'False' }, moment),
    ),
    containerStatuses: containerStatuses(pod, ready, moment),
  }
}

/** The status of a pod that could not be started. */
export const failedStatus = (pod: ApiObject, message: string): JsonObject => ({
  ...objectAt(pod, 'status'),
  phase: 'Failed',
  reason: 'SandboxFailed',
  message,
})
