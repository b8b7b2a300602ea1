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

  /** Why nobody may be served there; undefined when clients may. */
  why(endpoint: Endpoint, protocol: Protocol): string | undefined {
    if (!this.#claims.isPortal(endpoint.address)) return undefined
    const owner = this.#claims.ownerOf(endpoint.address)
    if (owner) return `${endpoint.address} is the cluster IP of ${owner.what}`
    const holder = this.#claims.holderOf(portalKey(endpoint, protocol))
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
