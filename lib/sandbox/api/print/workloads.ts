import type { ApiObject } from '../../api-object.js'
import { listAt, numberAt, textAt, textMapAt } from '../../json.js'
import { ageColumn, type Column, labelsText, nameColumn } from './column.js'

const count = (object: ApiObject, ...path: readonly string[]): number => numberAt(object, ...path) ?? 0

const containers = (object: ApiObject, field: string): string =>
  listAt(object, 'spec', 'template', 'spec', 'containers')
    .map(container => textAt(container, field))
    .join(',')

const templateColumns: readonly Column[] = [
  { name: 'Containers', wide: true, cell: object => containers(object, 'name') },
  { name: 'Images', wide: true, cell: object => containers(object, 'image') },
  {
    name: 'Selector',
    wide: true,
    cell: object => labelsText(textMapAt(object, 'spec', 'selector', 'matchLabels')),
  },
]

export const deploymentColumns: readonly Column[] = [
  nameColumn,
  {
    name: 'Ready',
    cell: object => `${count(object, 'status', 'readyReplicas')}/${count(object, 'spec', 'replicas')}`,
  },
  { name: 'Up-to-date', type: 'integer', cell: object => count(object, 'status', 'updatedReplicas') },
  { name: 'Available', type: 'integer', cell: object => count(object, 'status', 'availableReplicas') },
  ageColumn,
  ...templateColumns,
]

export const replicaSetColumns: readonly Column[] = [
  nameColumn,
  { name: 'Desired', type: 'integer', cell: object => count(object, 'spec', 'replicas') },
  { name: 'Current', type: 'integer', cell: object => count(object, 'status', 'replicas') },
  { name: 'Ready', type: 'integer', cell: object => count(object, 'status', 'readyReplicas') },
  ageColumn,
  ...templateColumns,
]
