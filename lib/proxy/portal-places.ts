import type { LocalRoutes } from '../capture/local-routes.js'
import { whyUnbound } from '../capture/why-unbound.js'
import type { Endpoint } from '../model/endpoint.js'
import type { Report } from '../model/event.js'
import { familyOf, type IpAddress } from '../model/ip-address.js'
import { withNodePorts } from '../model/node-port-addresses.js'
import { clientsOf, type Portal, portalText } from '../model/portal.js'
import { type ServicePort, verdictOf } from '../model/service-port.js'
import { emptySnapshot, type Snapshot } from '../model/snapshot.js'
import type { PlacesOptions } from './places.js'

export interface PortalPlacesOptions extends PlacesOptions {
  readonly routes: Pick<LocalRoutes, 'isLent' | 'whyNot'>
  readonly report: Report
}

type Reasons = ReadonlyMap<string, string>

/**
 * Where nothing is redirected, clients are met at the portals themselves, all of whose addresses are made this machine's. Where
 * that cannot be done it is reported, once for as long as the reason stays.
 */
export class PortalPlaces {
  readonly #options: PortalPlacesOptions
  #snapshot: Snapshot = emptySnapshot
  #local: readonly IpAddress[] = []
  /** Where this machine's node ports are. */
  #ofNodePorts: readonly IpAddress[] = []
  /** What was said of portals of this snapshot, and of those of the one before. */
  #said = new Map<string, string>()
  #saidBefore: Reasons = new Map()

  constructor(options: PortalPlacesOptions) {
    this.#options = options
  }

  /** Where the portal is to be listened on: nowhere while nobody serves, so that its clients are refused. */
  of(portal: Portal, servicePort: ServicePort, snapshot: Snapshot): readonly Endpoint[] {
    this.#follow(snapshot)
    if (clientsOf(portal) === 'insiders') return []
    if (portal.kind !== 'node-port') {
      const reason = whyUnbound(portal) ?? this.#options.routes.whyNot(portal.address)
      if (reason !== undefined) {
        this.#complain(portal, servicePort, reason)
        return []
      }
    }
    if (verdictOf(servicePort) !== 'serve') return []
    if (portal.kind !== 'node-port') return [portal]
    // Each address has a socket of its own: one for all would have the ports of other Services' portals, too.
    return this.#ofNodePorts
      .filter(address => familyOf(address) === servicePort.family)
      .map(address => ({ address, port: portal.port }))
  }

  #follow(snapshot: Snapshot): void {
    const { addresses, nodePortAddresses, routes } = this.#options
    const local = addresses()
    if (snapshot === this.#snapshot && local === this.#local) return
    if (snapshot !== this.#snapshot) {
      this.#saidBefore = this.#said
      this.#said = new Map()
    }
    this.#snapshot = snapshot
    this.#local = local
    const own = local.filter(address => !routes.isLent(address))
    this.#ofNodePorts = withNodePorts(nodePortAddresses, { local: own, known: snapshot.nodeAddresses }) ?? own
  }

  #complain(portal: Portal, { id }: ServicePort, reason: string): void {
    const text = portalText(portal)
    const key = `${id} ${text}`
    if (this.#said.get(key) === reason) return
    this.#said.set(key, reason)
    if (this.#saidBefore.get(key) === reason) return
    this.#options.report({ type: 'portal-failed', servicePort: id, portal: text, reason })
  }
}
