import { type Endpoint, endpointText } from '../../model/endpoint.js'
import type { IpAddress } from '../../model/ip-address.js'
import type { Protocol } from '../../model/service-port.js'
import type { Holdings } from './claims.js'
import type { EndpointSlice } from './endpoint-slice.js'
import { portalKey } from './portal-key.js'
import { refused, type Skip, someOf } from './skip.js'

/** The addresses at which others are met: no endpoint may be there, or we would serve ourselves in a circle. */
export class ForbiddenEndpoints {
  readonly #holdings: Holdings

  constructor(holdings: Holdings) {
    this.#holdings = holdings
  }

  /** Whether some endpoint of the slices may be a portal; a quick look that tells most slices apart from the few. */
  concerns(slices: readonly EndpointSlice[]): boolean {
    for (const { endpoints } of slices)
      for (const { address } of endpoints) if (this.#isPortal(address)) return true
    return false
  }

  /** Why nobody may be served there; undefined when clients may. */
  why(endpoint: Endpoint, protocol: Protocol): string | undefined {
    if (!this.#isPortal(endpoint.address)) return undefined
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

  #isPortal(address: IpAddress): boolean {
    return this.#holdings.clusterIps.has(address) || this.#holdings.external.has(address)
  }
}
