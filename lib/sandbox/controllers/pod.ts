import type { ApiObject } from '../api-object.js'
import { listAt, numberAt, textAt } from '../json.js'
import type { Objects } from '../objects.js'

export const isTerminating = ({ metadata }: ApiObject): boolean => metadata.deletionTimestamp !== undefined

export const isReady = (pod: ApiObject): boolean =>
  listAt(pod, 'status', 'conditions').some(
    condition => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  )

/** Whether the pod is neither through nor failed. */
export const isActive = (pod: ApiObject): boolean =>
  !['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'))

/** A port that a container of the pod declares. */
export interface ContainerPort {
  readonly name: string
  readonly protocol: string
  readonly port: number
}

export const containerPorts = (pod: ApiObject): readonly ContainerPort[] =>
  listAt(pod, 'spec', 'containers').flatMap(container =>
    listAt(container, 'ports').map(port => ({
      name: textAt(port, 'name'),
      protocol: textAt(port, 'protocol') || 'TCP',
      port: numberAt(port, 'containerPort') ?? 0,
    })),
  )

/** Asks the pod to go, with the grace it wants for itself. Content when it is going already. */
export const terminatePod = (objects: Objects, pod: ApiObject): void => {
  if (!isTerminating(pod))
    objects.terminate('pods', pod, numberAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30)
}
