import { cidrHas } from '../model/cidr.js'
import { endpointText } from '../model/endpoint.js'
import { type IpAddress, ipAddress } from '../model/ip-address.js'
import { clientsOf, type Portal } from '../model/portal.js'
import type { ServiceKey } from '../model/service-name.js'
import { type ServicePort, verdictOf } from '../model/service-port.js'

/** The ports of one Service, by their numbers. */
export interface ListedService {
  readonly tcp: ReadonlyMap<number, ServicePort>
  readonly udp: ReadonlyMap<number, ServicePort>
}

/** Services, by all that clients on this machine may call them by. */
export interface Listed {
  /** By `NAMESPACE/NAME`: as clients of their cluster IPs are served. */
  readonly services: ReadonlyMap<string, ListedService>
  /** By `ADDRESS:PORT`, for TCP. */
  readonly places: ReadonlyMap<string, ServicePort>
  /** Whose an address is. */
  readonly owners: ReadonlyMap<IpAddress, ServiceKey>
}

export const serviceText = ({ namespace, service }: ServiceKey): string => `${namespace}/${service}`

type Addressed = Exclude<Portal, { readonly kind: 'node-port' }>

/** Where programs of this machine come from, as far as source ranges have a say. */
const here = ipAddress('127.0.0.1')

/** Programs of this machine are insiders. Node ports are the node's, and clients reach them without us. */
const isForUs = (portal: Portal): portal is Addressed => {
  if (portal.kind === 'node-port' || clientsOf(portal) === 'outsiders') return false
  const sources = portal.kind === 'load-balancer' ? portal.sources : undefined
  return !sources || sources.some(range => cidrHas(range, here))
}

/** Of two families, the first one that somebody serves in. */
const keep = <Key>(map: Map<Key, ServicePort>, key: Key, servicePort: ServicePort): void => {
  const before = map.get(key)
  if (!before || (verdictOf(before) !== 'serve' && verdictOf(servicePort) === 'serve'))
    map.set(key, servicePort)
}

interface Ports {
  readonly tcp: Map<number, ServicePort>
  readonly udp: Map<number, ServicePort>
}

const noPorts = (): Ports => ({ tcp: new Map(), udp: new Map() })

export const listed = (servicePorts: readonly ServicePort[]): Listed => {
  const services = new Map<string, Ports>()
  const places = new Map<string, ServicePort>()
  const owners = new Map<IpAddress, ServiceKey>()
  for (const servicePort of servicePorts) {
    const { name, portals } = servicePort
    const isTcp = name.protocol === 'TCP'
    for (const portal of portals.filter(isForUs)) {
      owners.set(portal.address, name)
      if (isTcp) keep(places, endpointText(portal), servicePort)
      if (portal.kind !== 'cluster-ip') continue
      const text = serviceText(name)
      const service = services.get(text) ?? noPorts()
      services.set(text, service)
      keep(isTcp ? service.tcp : service.udp, portal.port, servicePort)
    }
  }
  return { services, places, owners }
}
