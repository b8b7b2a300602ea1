import type { Endpoint } from '../../model/endpoint.js'
import { endpointText } from '../../model/endpoint.js'
import type { IpAddress } from '../../model/ip-address.js'
import type { Protocol } from '../../model/service-port.js'
import type { Holdings } from './claims.js'
import type { EndpointSlice } from './endpoint-slice.js'
import { portalKey } from './portal-key.js'
import { refused, type Skip, someOf } from './skip.js'

/** The addresses at which others are met: no endpoint may be there, or we would serve ourselves in a circle. */
export class ForbiddenEndpoints {
  readonly #holdings: Holdings
  readonly #addresses: ReadonlySet<IpAddress>

  constructor(holdings: Holdings) {
    this.#holdings = holdings
    const addresses = new Set(holdings.clusterIps.keys())
    for (const { portClass } of holdings.portals.values())
      for (const portal of portClass.portals)
        if (portal.kind === 'external-ip' || portal.kind === 'load-balancer') addresses.add(portal.address)
    this.#addresses = addresses
  }

  /** Whether some endpoint of the slices may be a portal; a quick look that tells most slices apart from the few. */
  concerns(slices: readonly EndpointSlice[]): boolean {
    return slices.some(({ endpoints }) => endpoints.some(({ address }) => this.#addresses.has(address)))
  }

  /** Why nobody may be served there; undefined when clients may. */
  why(endpoint: Endpoint, protocol: Protocol): string | undefined {
    if (!this.#addresses.has(endpoint.address)) return undefined
    const owner = this.#holdings.clusterIps.get(endpoint.address)
    if (owner) return `${endpoint.address} is the cluster IP of ${owner.what}`
    const holder = this.#holdings.portals.get(portalKey(endpoint, protocol))
    return holder && `${endpointText(endpoint)} is a portal of ${holder.service.what}`
  }

  /** What is to be said of a slice: no more than once, however many of its endpoints are portals. */
  skips({ what, ports, endpoints }: EndpointSlice): Skip[] {
    const reasons = new Set<string>()
    for (const { address } of endpoints)
      for (const { port, protocol } of ports) {
        const why = this.why({ address, port }, protocol)
        if (why !== undefined) reasons.add(why)
      }
    return reasons.size === 0
      ? []
      : [refused(what, `an endpoint may not be a portal: ${someOf([...reasons])}`)]
  }
}
