import type { ApiObject } from '../../api-object.js'
import { at, listAt, numberAt, textAt } from '../../json.js'
import { ageColumn, type Column, nameColumn } from './column.js'

const statuses = (pod: ApiObject): readonly unknown[] => listAt(pod, 'status', 'containerStatuses')

const trouble = (pod: ApiObject): string | undefined =>
  statuses(pod)
    .map(
      status =>
        textAt(status, 'state', 'waiting', 'reason') || textAt(status, 'state', 'terminated', 'reason'),
    )
    .find(reason => reason !== '')

const statusText = (pod: ApiObject): string => {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating'
  return trouble(pod) ?? (textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase') || 'Unknown')
}

const readyText = (pod: ApiObject): string => {
  const ready = statuses(pod).filter(status => at(status, 'ready') === true).length
  return `${ready}/${listAt(pod, 'spec', 'containers').length}`
}

const restarts = (pod: ApiObject): number =>
  statuses(pod).reduce<number>((sum, status) => sum + (numberAt(status, 'restartCount') ?? 0), 0)

const gates = (pod: ApiObject): string => {
  const wanted = listAt(pod, 'spec', 'readinessGates').map(gate => textAt(gate, 'conditionType'))
  const met = listAt(pod, 'status', 'conditions').filter(
    condition => wanted.includes(textAt(condition, 'type')) && textAt(condition, 'status') === 'True',
  )
  return wanted.length > 0 ? `${met.length}/${wanted.length}` : '<none>'
}

export const podColumns: readonly Column[] = [
  nameColumn,
  { name: 'Ready', cell: readyText },
  { name: 'Status', cell: statusText },
  { name: 'Restarts', cell: pod => String(restarts(pod)) },
  ageColumn,
  { name: 'IP', wide: true, cell: pod => textAt(pod, 'status', 'podIP') || '<none>' },
  { name: 'Node', wide: true, cell: pod => textAt(pod, 'spec', 'nodeName') || '<none>' },
  { name: 'Nominated Node', wide: true, cell: pod => textAt(pod, 'status', 'nominatedNodeName') || '<none>' },
  { name: 'Readiness Gates', wide: true, cell: gates },
]
