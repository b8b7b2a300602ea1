import type { IpAddress } from '../../model/ip-address.js'
import { type Portal, portalText } from '../../model/portal.js'
import { externalText } from './external-addresses.js'
import { classWith, type PortClass, type PortClasses } from './port-class.js'
import type { Service } from './service.js'
import { refused } from './skip.js'

/** A Service and what it asks for. */
export interface Claim extends PortClasses {
  readonly service: Service
}

/** Who has what. */
export interface Holdings {
  /** Whose each cluster IP is. */
  readonly clusterIps: ReadonlyMap<IpAddress, Service>
  /** The addresses of all other portals but node ports. */
  readonly external: ReadonlySet<IpAddress>
  /** Who has each portal, by its key: one of the classes of the port that has it. */
  readonly portals: ReadonlyMap<string, PortClass>
}

const older = (one: Service, other: Service): boolean =>
  one.created === other.created ? one.key < other.key : one.created < other.created

const clusterIpsOf = (claims: readonly Claim[]): ReadonlyMap<IpAddress, Service> => {
  const owners = new Map<IpAddress, Service>()
  for (const { service } of claims)
    for (const address of service.clusterIps) {
      const owner = owners.get(address)
      if (!owner || older(service, owner)) owners.set(address, service)
    }
  return owners
}

/** Gives each portal to the oldest Service that claims it, so that nobody takes another's by coming later. */
export const holdingsOf = (claims: readonly Claim[]): Holdings => {
  const clusterIps = clusterIpsOf(claims)
  const external = new Set<IpAddress>()
  const portals = new Map<string, PortClass>()
  for (const { classes } of claims)
    for (const portClass of classes)
      portClass.keys.forEach((key, index) => {
        const portal = portClass.portals[index]
        if (portal?.kind === 'external-ip' || portal?.kind === 'load-balancer') {
          if (clusterIps.has(portal.address)) return
          external.add(portal.address)
        }
        const holder = portals.get(key)
        if (!holder || older(portClass.service, holder.service)) portals.set(key, portClass)
      })
  return { clusterIps, external, portals }
}

/** Why a portal of `portClass` is not its own; undefined when it is. */
const whyLost = (
  portClass: PortClass,
  index: number,
  { clusterIps, portals }: Holdings,
): string | undefined => {
  const portal = portClass.portals[index]
  // A cluster IP is its Service's alone, whatever the port.
  if (portal?.kind === 'external-ip' || portal?.kind === 'load-balancer') {
    const owner = clusterIps.get(portal.address)
    if (owner) return `${externalText(portal)} is the cluster IP of ${owner.what}`
  }
  const holder = portals.get(portClass.keys[index] ?? '')
  if (!portal || !holder || holder.port === portClass.port) return undefined
  return holder.service === portClass.service
    ? `${portalText(portal)} belongs to its port ${JSON.stringify(holder.name.port)} already`
    : `${portalText(portal)} belongs to ${holder.service.what}, which is older`
}

/** What a Service has of what it asks for, and why it has not all. Loses only what others have. */
export const settle = (claim: Claim, holdings: Holdings): PortClasses => {
  const lost = new Map<Portal, string>()
  for (const portClass of claim.classes)
    portClass.portals.forEach((portal, index) => {
      const why = whyLost(portClass, index, holdings)
      if (why !== undefined) lost.set(portal, why)
    })
  if (lost.size === 0) return claim
  const reasons = [...new Set(lost.values())]
  return {
    classes: claim.classes.flatMap(each => {
      const left = each.portals.filter(portal => !lost.has(portal))
      return left.length === each.portals.length ? [each] : classWith(each, left)
    }),
    skips: [...claim.skips, ...reasons.map(reason => refused(claim.service.what, reason))],
  }
}
