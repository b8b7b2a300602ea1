import type { IpAddress } from '../../model/ip-address.js'
import { type Portal, portalText } from '../../model/portal.js'
import { externalText } from './external-addresses.js'
import { classWith, type PortClass, type PortClasses } from './port-class.js'
import type { Service } from './service.js'
import { refused, type Skip } from './skip.js'

/** A Service and what it asks for. */
export interface Claim extends PortClasses {
  readonly service: Service
}

/** A Service's port that has a portal, for all its classes. */
interface Holder {
  readonly service: Service
  readonly portClass: PortClass
}

/** Who has what. */
export interface Holdings {
  /** Whose each cluster IP is. */
  readonly clusterIps: ReadonlyMap<IpAddress, Service>
  /** Who has each portal, by its key. */
  readonly portals: ReadonlyMap<string, Holder>
}

/** What a Service has of what it claims. */
export interface Settlement {
  readonly classes: readonly PortClass[]
  /** Why it has not all. */
  readonly skips: readonly Skip[]
}

const older = (one: Service, other: Service): boolean =>
  one.created === other.created ? one.key < other.key : one.created < other.created

/** A cluster IP is its Service's alone, whatever the port. */
const ownerOf = (portal: Portal, clusterIps: Holdings['clusterIps']): Service | undefined =>
  portal.kind === 'external-ip' || portal.kind === 'load-balancer'
    ? clusterIps.get(portal.address)
    : undefined

/** Gives each portal to the oldest Service that claims it, so that nobody takes another's by coming later. */
export const holdingsOf = (claims: readonly Claim[]): Holdings => {
  const clusterIps = new Map<IpAddress, Service>()
  for (const { service } of claims)
    for (const address of service.clusterIps) {
      const owner = clusterIps.get(address)
      if (!owner || older(service, owner)) clusterIps.set(address, service)
    }
  const portals = new Map<string, Holder>()
  for (const { service, classes } of claims)
    for (const portClass of classes)
      for (const [index, key] of portClass.keys.entries()) {
        const portal = portClass.portals[index]
        if (portal && ownerOf(portal, clusterIps)) continue
        const holder = portals.get(key)
        if (!holder || older(service, holder.service)) portals.set(key, { service, portClass })
      }
  return { clusterIps, portals }
}

/** Why `portClass` of `service` has not what it claims; undefined when it has. */
const whyLost = (
  service: Service,
  portClass: PortClass,
  { portal, key, holdings }: { readonly portal: Portal; readonly key: string; readonly holdings: Holdings },
): string | undefined => {
  const owner = ownerOf(portal, holdings.clusterIps)
  if (owner && (portal.kind === 'external-ip' || portal.kind === 'load-balancer'))
    return `${externalText(portal)} is the cluster IP of ${owner.what}`
  const holder = holdings.portals.get(key)
  if (!holder || holder.portClass.port === portClass.port) return undefined
  return holder.service === service
    ? `${portalText(portal)} belongs to its port ${JSON.stringify(holder.portClass.name.port)} already`
    : `${portalText(portal)} belongs to ${holder.service.what}, which is older`
}

/** What a Service has after all were asked. Loses only what others have. */
export const settle = (claim: Claim, holdings: Holdings): Settlement => {
  const { service, classes } = claim
  const lost = new Map<Portal, string>()
  for (const portClass of classes)
    for (const [index, portal] of portClass.portals.entries()) {
      const key = portClass.keys[index] ?? ''
      const why = whyLost(service, portClass, { portal, key, holdings })
      if (why !== undefined) lost.set(portal, why)
    }
  if (lost.size === 0) return claim
  return {
    classes: classes.flatMap(each => {
      const left = each.portals.filter(portal => !lost.has(portal))
      return left.length === each.portals.length ? [each] : classWith(each, left)
    }),
    skips: [...claim.skips, ...[...new Set(lost.values())].map(reason => refused(service.what, reason))],
  }
}
