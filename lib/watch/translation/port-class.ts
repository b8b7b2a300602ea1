import { type Family, familyOf, type IpAddress } from '../../model/ip-address.js'
import { type Portal, portalText } from '../../model/portal.js'
import {
  servicePortId,
  type ServicePortId,
  type ServicePortName,
  type TrafficClass,
} from '../../model/service-port.js'
import { whyApiServer, whyNotThere } from './address-rules.js'
import { type ExternalAddress, externalText } from './external-addresses.js'
import type { Place } from './place.js'
import { portalKey } from './portal-key.js'
import { portalsAt, type Spot } from './portals.js'
import type { Service } from './service.js'
import type { ProxiedPort } from './service-ports.js'
import { notForUs, refused, type Skip } from './skip.js'

/** A traffic class of a Service's port: a service port to be, as far as no other Service has its portals. */
export interface PortClass extends TrafficClass {
  readonly service: Service
  readonly id: ServicePortId
  readonly name: ServicePortName
  readonly port: ProxiedPort
  /** One or more. */
  readonly portals: readonly Portal[]
  /** What nobody else may have, for each of `portals`. */
  readonly keys: readonly string[]
}

export interface PortClasses {
  readonly classes: readonly PortClass[]
  readonly skips: readonly Skip[]
}

/**
 * TCP and UDP of one address and port are two different things to have, as are a node port's families. Cluster IPs are apart:
 * nothing else may be at their addresses at all.
 */
const keyOf = (portal: Portal, { protocol }: ServicePortName, family: Family): string => {
  switch (portal.kind) {
    case 'cluster-ip':
      return `cluster-ip ${portalKey(portal, protocol)}`
    case 'external-ip':
    case 'load-balancer':
      return portalKey(portal, protocol)
    case 'node-port':
      return `${portalText(portal)}/${protocol}/${family}`
  }
}

/** The same class with these portals only; none without any. */
export const classWith = (
  portClass: Omit<PortClass, 'portals' | 'keys'>,
  portals: readonly Portal[],
): PortClass[] =>
  portals.length === 0
    ? []
    : [
        {
          ...portClass,
          portals,
          keys: portals.map(portal => keyOf(portal, portClass.name, portClass.family)),
        },
      ]

type ClusterIps = ReadonlyMap<Family, IpAddress>

/** One a family. */
const clusterIpsOf = ({ clusterIps }: Service): ClusterIps => {
  const found = new Map<Family, IpAddress>()
  for (const address of clusterIps) if (!found.has(familyOf(address))) found.set(familyOf(address), address)
  return found
}

const whyNot = (external: ExternalAddress, clusterIps: ClusterIps, { rules }: Place): string | undefined => {
  const family = familyOf(external.address)
  return clusterIps.has(family)
    ? whyNotThere(external, rules)
    : `${externalText(external)} is ${family}, and its cluster IP is not`
}

const classesAt = (spot: Spot, service: Service, name: ServicePortName): PortClass[] =>
  (['Cluster', 'Local'] as const).flatMap(policy => {
    const traffic = { family: familyOf(spot.clusterIp), policy }
    const portals = portalsAt(spot, policy)
    return classWith(
      { ...traffic, service, id: servicePortId(name, traffic), name, port: spot.port },
      portals,
    )
  })

/** The same classes without the API server's portals, which are added to `reasons`. */
const withoutApiServer = (
  classes: readonly PortClass[],
  { rules, node }: Place,
  reasons: Set<string>,
): readonly PortClass[] =>
  classes.flatMap(each => {
    const allowed = each.portals.filter(portal => {
      const why = whyApiServer(portal, each.name.protocol, { rules, own: node?.addresses ?? [] })
      if (why !== undefined) reasons.add(why)
      return why === undefined
    })
    return allowed.length === each.portals.length ? [each] : classWith(each, allowed)
  })

/** What `service` asks for at our place, as far as it is allowed. */
export const portClasses = (service: Service, place: Place): PortClasses => {
  const { namespace, name, what, exposure } = service
  if (!exposure) return { classes: [], skips: [] }
  const { families, node } = place
  const clusterIps = clusterIpsOf(service)
  const reasons = new Set<string>()
  const external = exposure.external.filter(each => {
    const why = whyNot(each, clusterIps, place)
    if (why !== undefined) reasons.add(why)
    return why === undefined
  })
  const classes = exposure.ports.flatMap(port =>
    [...clusterIps].flatMap(([family, clusterIp]) => {
      if (!families.includes(family)) return []
      const there = external.filter(({ address }) => familyOf(address) === family)
      const spot = { port, clusterIp, exposure, external: there, ...(node && { node }) }
      return classesAt(spot, service, { namespace, service: name, port: port.name, protocol: port.protocol })
    }),
  )
  const foreign = [...clusterIps.keys()].filter(family => !families.includes(family))
  return {
    classes: withoutApiServer(classes, place, reasons),
    skips: [
      ...foreign.map(family =>
        notForUs(what, `its ${family} addresses are not served: this machine has no ${family}`),
      ),
      ...[...reasons].map(reason => refused(what, reason)),
    ],
  }
}
