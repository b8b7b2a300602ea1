import { type Endpoint, endpointText } from '../../model/endpoint.js'
import type { Protocol } from '../../model/service-port.js'
import type { Claims } from './claims.js'
import type { EndpointSlice } from './endpoint-slice.js'
import { portalKey } from './portal-key.js'
import { refused, type Skip, someOf } from './skip.js'

/** Who may not be an endpoint, because clients are met there: we would serve ourselves in a circle. */
export class ForbiddenEndpoints {
  readonly #claims: Claims

  constructor(claims: Claims) {
    this.#claims = claims
  }

  /** Whether some endpoint of the slice is at a portal's address; most slices are done with after this quick look. */
  concerns({ endpoints }: EndpointSlice): boolean {
    for (const { address } of endpoints) if (this.#claims.isPortal(address)) return true
    return false
  }

  /** Why nobody may be served there; undefined when clients may. */
  why(endpoint: Endpoint, protocol: Protocol): string | undefined {
    const owner = this.#claims.ownerOf(endpoint.address)
    if (owner) return `${endpoint.address} is the cluster IP of ${owner.what}`
    const holder = this.#claims.holderOf(portalKey(endpoint, protocol))
    return holder && `${endpointText(endpoint)} is a portal of ${holder.service.what}`
  }

  /** What is to be said of a slice: no more than once, however many of its endpoints are portals. */
  skips(slice: EndpointSlice): Skip[] {
    if (!this.concerns(slice)) return []
    const { what, ports, endpoints } = slice
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
