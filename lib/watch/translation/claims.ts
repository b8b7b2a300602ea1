import type { IpAddress } from '../../model/ip-address.js'
import { type Portal, portalText } from '../../model/portal.js'
import { Contest } from './contest.js'
import { externalText } from './external-addresses.js'
import { classWith, type PortClass, type PortClasses } from './port-class.js'
import type { Service } from './service.js'
import { refused } from './skip.js'

/** A Service and what it asks for. */
export interface Claim extends PortClasses {
  readonly service: Service
}

const externalOf = ({ portals }: PortClass): readonly IpAddress[] =>
  portals.flatMap(portal =>
    portal.kind === 'external-ip' || portal.kind === 'load-balancer' ? [portal.address] : [],
  )

/** Who has which portals, kept up to date while Services come and go. */
export class Claims {
  readonly #clusterIps = new Contest<Service>(service => service)
  readonly #external = new Contest<PortClass>(({ service }) => service)
  readonly #portals = new Contest<PortClass>(({ service }) => service)

  add({ service, classes }: Claim): void {
    for (const address of service.clusterIps) this.#clusterIps.add(address, service)
    for (const portClass of classes) {
      for (const key of portClass.keys) this.#portals.add(key, portClass)
      for (const address of externalOf(portClass)) this.#external.add(address, portClass)
    }
  }

  remove({ service, classes }: Claim): void {
    for (const address of service.clusterIps) this.#clusterIps.remove(address, service)
    for (const portClass of classes) {
      for (const key of portClass.keys) this.#portals.remove(key, portClass)
      for (const address of externalOf(portClass)) this.#external.remove(address, portClass)
    }
  }

  /** Whose cluster IP it is. */
  ownerOf(address: IpAddress): Service | undefined {
    return this.#clusterIps.holder(address)
  }

  /** Which port has the portal with this key: one of its classes. */
  holderOf(key: string): PortClass | undefined {
    return this.#portals.holder(key)
  }

  /** Whether it is the address of some portal. */
  isPortal(address: IpAddress): boolean {
    return this.#clusterIps.holder(address) !== undefined || this.#external.holder(address) !== undefined
  }

  /** Who may gain or lose by that `claim` comes or goes. */
  rivalsOf({ service, classes }: Claim): readonly Service[] {
    const rivals = [
      ...service.clusterIps.flatMap(address => this.#external.claimants(address)),
      ...classes.flatMap(({ keys }) => keys.flatMap(key => this.#portals.claimants(key))),
    ]
    return rivals.map(each => each.service)
  }
}

/** The addresses at which `claim` says that something is met. */
export const addressesOf = ({ service, classes }: Claim): readonly IpAddress[] => [
  ...service.clusterIps,
  ...classes.flatMap(externalOf),
]

/** Why the portal of `portClass` is not its own; undefined when it is. */
const whyLost = (
  portClass: PortClass,
  { portal, key, claims }: { readonly portal: Portal; readonly key: string; readonly claims: Claims },
): string | undefined => {
  // A cluster IP is its Service's alone, whatever the port.
  if (portal.kind === 'external-ip' || portal.kind === 'load-balancer') {
    const owner = claims.ownerOf(portal.address)
    if (owner) return `${externalText(portal)} is the cluster IP of ${owner.what}`
  }
  const holder = claims.holderOf(key)
  if (!holder || holder.port === portClass.port) return undefined
  return holder.service === portClass.service
    ? `${portalText(portal)} belongs to its port ${JSON.stringify(holder.name.port)} already`
    : `${portalText(portal)} belongs to ${holder.service.what}, which is older`
}

/** What a Service has of what it asks for, and why it has not all. Loses only what others have. */
export const settle = (claim: Claim, claims: Claims): PortClasses => {
  const lost = new Map<Portal, string>()
  for (const portClass of claim.classes)
    for (const [index, portal] of portClass.portals.entries()) {
      const why = whyLost(portClass, { portal, key: portClass.keys[index] ?? '', claims })
      if (why !== undefined) lost.set(portal, why)
    }
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
