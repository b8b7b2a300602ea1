import type { ApiObject } from '../../api-object.js'
import { listAt, numberAt, textAt, textMapAt, textsAt } from '../../json.js'
import { ageColumn, type Column, labelsText, nameColumn } from './column.js'

const externalIp = (service: ApiObject): string => {
  const own = textsAt(service, 'spec', 'externalIPs')
  const balancer = listAt(service, 'status', 'loadBalancer', 'ingress').map(
    ingress => textAt(ingress, 'ip') || textAt(ingress, 'hostname'),
  )
  switch (textAt(service, 'spec', 'type')) {
    case 'ExternalName':
      return textAt(service, 'spec', 'externalName')
    case 'LoadBalancer':
      return [...balancer, ...own].join(',') || '<pending>'
    default:
      return own.join(',') || '<none>'
  }
}

const portsText = (service: ApiObject): string =>
  listAt(service, 'spec', 'ports')
    .map(port => {
      const nodePort = numberAt(port, 'nodePort') ?? 0
      const number = numberAt(port, 'port') ?? 0
      return `${number}${nodePort > 0 ? `:${nodePort}` : ''}/${textAt(port, 'protocol')}`
    })
    .join(',') || '<none>'

export const serviceColumns: readonly Column[] = [
  nameColumn,
  { name: 'Type', cell: service => textAt(service, 'spec', 'type') },
  { name: 'Cluster-IP', cell: service => textAt(service, 'spec', 'clusterIP') || '<none>' },
  { name: 'External-IP', cell: externalIp },
  { name: 'Port(s)', cell: portsText },
  ageColumn,
  { name: 'Selector', wide: true, cell: service => labelsText(textMapAt(service, 'spec', 'selector')) },
]
