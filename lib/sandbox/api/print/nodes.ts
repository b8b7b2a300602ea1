import type { ApiObject } from '../../api-object.js'
import { at, listAt, textAt } from '../../json.js'
import { ageColumn, type Column, listed, nameColumn } from './column.js'

const statusText = (node: ApiObject): string => {
  const condition = listAt(node, 'status', 'conditions').find(one => textAt(one, 'type') === 'Ready')
  const ready =
    condition === undefined ? 'Unknown' : textAt(condition, 'status') === 'True' ? 'Ready' : 'NotReady'
  return at(node, 'spec', 'unschedulable') === true ? `${ready},SchedulingDisabled` : ready
}

const rolePrefix = 'node-role.kubernetes.io/'

const roles = ({ metadata: { labels = {} } }: ApiObject): readonly string[] =>
  Object.entries(labels)
    .flatMap(([key, value]) => {
      if (key.startsWith(rolePrefix)) return [key.slice(rolePrefix.length)]
      return key === 'kubernetes.io/role' && value !== '' ? [value] : []
    })
    .sort()

const address = (type: string) => (node: ApiObject) =>
  textAt(
    listAt(node, 'status', 'addresses').find(one => textAt(one, 'type') === type),
    'address',
  ) || '<none>'

const systemText = (field: string) => (node: ApiObject) =>
  textAt(node, 'status', 'nodeInfo', field) || '<unknown>'

export const nodeColumns: readonly Column[] = [
  nameColumn,
  { name: 'Status', cell: statusText },
  { name: 'Roles', cell: node => listed(roles(node)) },
  ageColumn,
  { name: 'Version', cell: node => textAt(node, 'status', 'nodeInfo', 'kubeletVersion') },
  { name: 'Internal-IP', wide: true, cell: address('InternalIP') },
  { name: 'External-IP', wide: true, cell: address('ExternalIP') },
  { name: 'OS-Image', wide: true, cell: systemText('osImage') },
  { name: 'Kernel-Version', wide: true, cell: systemText('kernelVersion') },
  { name: 'Container-Runtime', wide: true, cell: systemText('containerRuntimeVersion') },
]
