import type { InstanceStatus, PortStatus, ServiceStatus } from '../../control/status.js'
import { durationText } from '../../model/duration.js'
import { milliseconds } from '../../model/milliseconds.js'
import { shortened } from '../../model/shortened.js'
import { placesOf } from './places.js'
import { tableText } from './table-text.js'

export interface TableOptions {
  readonly wide: boolean
  /** Where nothing captures clients, they come to local ports. */
  readonly capture: InstanceStatus['capture']
  /** Whether all are of one namespace, which then is not said. */
  readonly oneNamespace: boolean
}

type Row = readonly string[]

/** What a row is about: a port of a Service, or a Service none of whose ports is proxied. */
interface Subject {
  readonly service: ServiceStatus
  readonly port: PortStatus | undefined
}

const yesOrNo = (value: boolean | undefined): string => (value === undefined ? '-' : value ? 'yes' : 'no')

const subjectsOf = (service: ServiceStatus): readonly Subject[] =>
  service.ports.length === 0 ? [{ service, port: undefined }] : service.ports.map(port => ({ service, port }))

/** `cart:http`; with what tells a traffic class from the usual one. */
const nameText = ({ service: { name }, port }: Subject): string =>
  port === undefined || port.port === '' ? name : `${name}:${port.port}`

const portalText = (port: PortStatus, options: TableOptions): string => {
  const places = placesOf(port, options)
  const [first = '<none>', ...others] = places
  // Most are TCP, and an IPv6 address takes the room.
  const protocol = port.protocol === 'TCP' ? '' : `/${port.protocol}`
  return `${first}${protocol}${others.length > 0 ? ` +${others.length}` : ''}`
}

const readyText = ({ endpoints: { ready, all } }: PortStatus): string => `${ready}/${all}`

const affinityText = ({ affinity }: PortStatus): string =>
  affinity ? `${durationText(milliseconds(affinity.timeout))} (${affinity.clients})` : 'none'

const narrow = (subject: Subject, options: TableOptions): Row => {
  const { port } = subject
  return [
    nameText(subject),
    port ? portalText(port, options) : '-',
    port ? readyText(port) : '-',
    yesOrNo(port?.programmed),
    yesOrNo(port?.healthy),
  ]
}

const wide = (subject: Subject, options: TableOptions): Row => {
  const { service, port } = subject
  if (!port) return [nameText(subject), service.type, ...Array.from({ length: 9 }, () => '-')]
  return [
    nameText(subject),
    service.type,
    placesOf(port, options)
      .map(place => `${place}/${port.protocol}`)
      .join(',') || '<none>',
    String(port.localPort ?? '-'),
    port.policy,
    readyText(port),
    shortened(port.endpoints.some, 3),
    yesOrNo(port.programmed),
    yesOrNo(port.healthy),
    String(port.protocol === 'UDP' ? port.flows : port.connections),
    affinityText(port),
  ]
}

const heads = {
  narrow: ['NAME', 'PORTAL', 'READY', 'PROGRAMMED', 'HEALTHY'],
  wide: [
    ...['NAME', 'TYPE', 'PORTALS', 'LOCAL', 'POLICY', 'READY', 'ENDPOINTS', 'PROGRAMMED', 'HEALTHY'],
    ...['CLIENTS', 'AFFINITY'],
  ],
}

const inNamespace = (row: Row, namespace: string, { oneNamespace }: TableOptions): Row =>
  oneNamespace ? row : [namespace, ...row]

/** Why Services, or their ports, are not served as they should be. */
const reasonRows = (service: ServiceStatus): readonly Row[] => [
  ...service.reasons.map(reason => [service.name, reason]),
  ...service.ports.flatMap(port =>
    [...port.unprogrammed, ...port.unhealthy].map(reason => [nameText({ service, port }), reason]),
  ),
]

/** What is so in both families is said once. */
const distinct = (rows: readonly Row[]): readonly Row[] =>
  rows.filter((row, at) => rows.findIndex(other => other.join() === row.join()) === at)

const withHead = (head: Row, rows: readonly Row[], options: TableOptions): string =>
  rows.length === 0 ? '' : tableText([inNamespace(head, 'NAMESPACE', options), ...rows])

/** A row for each port of each Service and, below, why some are not as they should be. */
export const serviceTable = (services: readonly ServiceStatus[], options: TableOptions): string => {
  const row = options.wide ? wide : narrow
  const rows = services.flatMap(service =>
    subjectsOf(service).map(subject => inNamespace(row(subject, options), service.namespace, options)),
  )
  const reasons = services.flatMap(service =>
    distinct(reasonRows(service)).map(each => inNamespace(each, service.namespace, options)),
  )
  const head = options.wide ? heads.wide : heads.narrow
  return [withHead(head, rows, options), withHead(['NAME', 'WHY'], reasons, options)]
    .filter(text => text !== '')
    .join('\n')
}
