import { type Family, familyOf, type IpAddress, ipAddress } from '../../model/ip-address.js'
import type { Port } from '../../model/port.js'
import type { Protocol } from '../../model/service-port.js'
import { whyUndialable } from '../../model/undialable.js'
import { whyLabelled } from './not-ours.js'
import { field, flag, list, text, texts } from '../raw.js'
import { portIn, protocolIn } from './service-ports.js'
import { fewOf, notForUs, objectText, refused, type Skip, someOf } from './skip.js'
import { whyTooLong } from './too-long.js'

/** A port that all endpoints of a slice have. */
export interface SlicePort {
  readonly name: string
  readonly protocol: Protocol
  readonly port: Port
}

/** One endpoint of a slice. */
export interface SliceEndpoint {
  readonly address: IpAddress
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly node?: string
  /** The name of the Pod that it is, in the slice's namespace; absent where it is none. */
  readonly pod?: string
  /** The zones and the nodes whose clients it is meant for; none where the API server gives no hint. */
  readonly forZones: readonly string[]
  readonly forNodes: readonly string[]
}

/** What we need of an EndpointSlice. */
export interface EndpointSlice {
  /** What its events call it. */
  readonly what: string
  /** The key of its Service, `NAMESPACE/NAME`; undefined when it belongs to none. */
  readonly service: string | undefined
  readonly ports: readonly SlicePort[]
  readonly endpoints: readonly SliceEndpoint[]
  /** Why it, or a part of it, is not used. */
  readonly skips: readonly Skip[]
}

const serviceName = 'kubernetes.io/service-name'

const readPort = (written: unknown): SlicePort | string => {
  const name = text(field(written, 'name')) ?? ''
  const it = name === '' ? 'its port' : `its port ${JSON.stringify(name)}`
  const number = field(written, 'port')
  const port = portIn(number)
  const protocol = protocolIn(field(written, 'protocol'))
  if (number === undefined) return `${it} has no number`
  if (port === undefined) return `${it} is ${JSON.stringify(number)}, not from 1 to 65535`
  return protocol === undefined ? `${it} has no protocol that there is` : { name, protocol, port }
}

const whyNot = (written: string, family: Family): string | undefined => {
  try {
    const address = ipAddress(written)
    const why = whyUndialable(address)
    if (why !== undefined) return `${address} (${why})`
    return familyOf(address) === family ? undefined : `${address} (no ${family})`
  } catch {
    return `${JSON.stringify(written.slice(0, 40))} (no address)`
  }
}

const none: readonly string[] = []

const namesIn = (hints: unknown): readonly string[] =>
  hints === undefined ? none : texts(list(hints).map(each => field(each, 'name')))

/** What is the same for all endpoints of a slice. */
interface Surroundings {
  readonly family: Family
  readonly namespace: unknown
}

/** A reference to a Pod in another namespace is no controller's, and nobody is sent there. */
const podIn = (target: unknown, namespace: unknown): string | undefined =>
  field(target, 'kind') === 'Pod' && (field(target, 'namespace') ?? namespace) === namespace
    ? text(field(target, 'name'))
    : undefined

const readEndpoint = (written: unknown, { family, namespace }: Surroundings): SliceEndpoint | string => {
  // The API promises that a slice's other addresses are the first one again.
  const first = text(list(field(written, 'addresses'))[0]) ?? ''
  const why = whyNot(first, family)
  if (why !== undefined) return why
  const node = text(field(written, 'nodeName'))
  const pod = podIn(field(written, 'targetRef'), namespace)
  return {
    address: ipAddress(first),
    ready: flag(field(written, 'conditions', 'ready')) ?? true,
    serving: flag(field(written, 'conditions', 'serving')) ?? true,
    terminating: flag(field(written, 'conditions', 'terminating')) ?? false,
    ...(node !== undefined && { node }),
    ...(pod !== undefined && { pod }),
    forZones: namesIn(field(written, 'hints', 'forZones')),
    forNodes: namesIn(field(written, 'hints', 'forNodes')),
  }
}

const fits = <Value>(read: Value | string): read is Value => typeof read !== 'string'
const problem = (read: unknown): read is string => typeof read === 'string'

/** The same ports, but each name once: two would be two ports of each endpoint, of which the Service has one. */
const eachOnce = (ports: readonly (SlicePort | string)[]): readonly (SlicePort | string)[] => {
  const taken = new Set<string>()
  return ports.map(port => {
    if (problem(port)) return port
    const mark = `${port.protocol} ${port.name}`
    if (taken.has(mark)) return `its port ${JSON.stringify(port.name)} is there twice`
    taken.add(mark)
    return port
  })
}

const partsOf = (object: unknown, what: string): Pick<EndpointSlice, 'ports' | 'endpoints' | 'skips'> => {
  const none = { ports: [], endpoints: [] }
  const labelled = whyLabelled(object)
  if (labelled !== undefined) return { ...none, skips: [notForUs(what, labelled)] }
  const family = field(object, 'addressType')
  if (family !== 'IPv4' && family !== 'IPv6')
    return {
      ...none,
      skips: [refused(what, `its addressType is ${JSON.stringify(family ?? null)}, not IPv4 or IPv6`)],
    }
  const tooLong = whyTooLong({ ports: field(object, 'ports'), endpoints: field(object, 'endpoints') })
  if (tooLong !== undefined) return { ...none, skips: [refused(what, tooLong)] }
  const ports = eachOnce(list(field(object, 'ports')).map(readPort))
  const surroundings: Surroundings = { family, namespace: field(object, 'metadata', 'namespace') }
  const endpoints = list(field(object, 'endpoints')).map(each => readEndpoint(each, surroundings))
  const bad = endpoints.filter(problem)
  return {
    ports: ports.filter(fits),
    endpoints: endpoints.filter(fits),
    skips: fewOf([
      ...ports.filter(problem).map(reason => refused(what, reason)),
      ...(bad.length > 0 ? [refused(what, `nothing is to be dialled at ${someOf(bad)}`)] : []),
      ...(endpoints.length > 0 && ports.length === 0 ? [refused(what, 'its endpoints have no ports')] : []),
    ]),
  }
}

/** Reads what `object` says in the form of a slice, for the Service of that key and under the name that events call it by. */
export const sliceOf = (what: string, service: string | undefined, object: unknown): EndpointSlice => ({
  what,
  service,
  ...partsOf(object, what),
})

/** Reads an EndpointSlice. What is wrong with it is in `skips`; never throws. */
export const readEndpointSlice = (object: unknown): EndpointSlice => {
  const namespace = text(field(object, 'metadata', 'namespace')) ?? ''
  const name = text(field(object, 'metadata', 'name')) ?? ''
  const service = text(field(object, 'metadata', 'labels', serviceName))
  const what = objectText('EndpointSlice', namespace, name)
  return sliceOf(what, service === undefined ? undefined : `${namespace}/${service}`, object)
}
