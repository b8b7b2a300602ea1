import type { WantedPlace } from '../../capture/found-rules.js'
import type { PortStatus, ServiceStatus } from '../../control/status.js'
import { type Endpoint, endpointText } from '../../model/endpoint.js'
import { Failure } from '../../model/failure.js'
import { type IpAddress, ipAddress } from '../../model/ip-address.js'
import { port as portNumber } from '../../model/port.js'
import { checkNames } from '../status/chosen.js'
import { placesOf } from '../status/places.js'
import type { Target } from './target.js'

/** What is explained: a Service, one port of it, and one place where clients come to that. */
export interface Subject {
  readonly service: ServiceStatus
  /** Absent: nothing of the Service is proxied. */
  readonly port?: PortStatus
  /** Absent: it has no place. */
  readonly place?: WantedPlace
}

export interface Surroundings {
  readonly services: readonly ServiceStatus[]
  readonly namespace: string | undefined
  /** This machine's addresses. */
  readonly addresses: readonly IpAddress[]
  /** As `--capture` has it. */
  readonly capture: string
}

const written = /^(?:\[(.+)\]|([^:]+)):(\d+)$/

/** The place of a portal: of a node port, at the first address of this machine that is not for itself alone. */
const placeOf = (portal: string, port: PortStatus, { addresses }: Surroundings): WantedPlace | undefined => {
  const [, bracketed, plain = bracketed ?? '', number] = written.exec(portal) ?? []
  const isNodePort = plain === '*'
  const isOfFamily = (each: string): boolean => each.includes(':') === (port.family === 'IPv6')
  const own = addresses.find(each => isOfFamily(each) && !each.startsWith('127.') && each !== '::1')
  const address = isNodePort ? own : ipAddress(plain)
  const protocol = port.protocol === 'UDP' ? 'UDP' : 'TCP'
  return address && { address, port: portNumber(Number(number)), protocol, isNodePort }
}

const withPlace = (service: ServiceStatus, port: PortStatus, surroundings: Surroundings): Subject => {
  const [first] = placesOf(port, surroundings)
  const place = first === undefined ? undefined : placeOf(first, port, surroundings)
  return { service, port, ...(place && { place }) }
}

const numberOf = ({ portals }: PortStatus): string => written.exec(portals[0] ?? '')?.[3] ?? ''

const ofService = (target: Target & { kind: 'service' }, surroundings: Surroundings): Subject => {
  const { services, namespace } = surroundings
  checkNames([target.name], services, { namespace })
  const found = services.filter(
    ({ name, namespace: own }) => name === target.name && (namespace ?? own) === own,
  )
  const [service] = found
  if (!service || found.length > 1)
    throw new Failure('usage', `there is a Service ${target.name} in ${found.length} namespaces`, {
      cure: `choose one with -n: ${found.map(each => each.namespace).join(', ')}`,
    })
  const [first] = service.ports
  if (!first) return { service }
  if (target.port === undefined) return withPlace(service, first, surroundings)
  const port = service.ports.find(each => each.port === target.port || numberOf(each) === target.port)
  if (port) return withPlace(service, port, surroundings)
  const those = [...new Set(service.ports.map(each => each.port || numberOf(each)))].join(', ')
  throw new Failure('failed', `Service ${service.namespace}/${service.name} has no port ${target.port}`, {
    cure: `choose one that it has: ${those}`,
  })
}

const suggestion = ({ address, port }: Endpoint, { services }: Surroundings): string => {
  const all = services.flatMap(({ ports }) => ports.flatMap(({ portals }) => portals))
  const near = [
    ...all.filter(each => each.startsWith(endpointText({ address, port }).replace(/\d+$/, ''))),
    ...all.filter(each => each.endsWith(`:${port}`)),
  ]
  return near.length > 0
    ? `did you mean ${[...new Set(near)].slice(0, 3).join(', ')}?`
    : 'kube-portal status shows all that there are'
}

const ofPlace = (target: Target & { kind: 'place' }, surroundings: Surroundings): Subject => {
  const { services, addresses } = surroundings
  const { address, port: number, protocol } = target
  const isHere = addresses.includes(address)
  const place: WantedPlace = { address, port: number, protocol, isNodePort: false }
  const candidates = services.flatMap(service =>
    service.ports.filter(port => port.protocol === protocol).map(port => ({ service, port })),
  )
  const plain = candidates.find(({ port }) => port.portals.includes(endpointText(target)))
  if (plain) return { ...plain, place }
  const family = address.includes(':') ? 'IPv6' : 'IPv4'
  const atNode = candidates.find(
    ({ port }) => isHere && port.family === family && port.portals.includes(`*:${number}`),
  )
  if (atNode) return { ...atNode, place: { ...place, isNodePort: true } }
  // Where nothing is captured, clients come to local ports.
  const local = candidates.find(({ port }) => isHere && port.family === family && port.localPort === number)
  if (local) return { ...local, place }
  throw new Failure('failed', `no Service is proxied at ${endpointText(target)} over ${protocol}`, {
    cure: suggestion(target, surroundings),
  })
}

/** What the target means. Throws a Failure, with what may have been meant, where it means nothing. */
export const subjectOf = (target: Target, surroundings: Surroundings): Subject =>
  target.kind === 'service' ? ofService(target, surroundings) : ofPlace(target, surroundings)
