import { isDeepStrictEqual } from 'node:util'
import type { HealthCheck } from '../../model/health-check.js'
import type { OwnPods } from '../../model/own-pods.js'
import type { ServicePort } from '../../model/service-port.js'
import type { Snapshot } from '../../model/snapshot.js'
import { type Claim, holdingsOf, settle } from './claims.js'
import type { EndpointSlice } from './endpoint-slice.js'
import { ForbiddenEndpoints } from './forbidden-endpoints.js'
import { GroupedSlices } from './grouped-slices.js'
import type { Node } from './node.js'
import type { Place } from './place.js'
import { portClasses, type PortClasses } from './port-class.js'
import { sameValues } from './same-values.js'
import { type Ingredients, serve, type ServedService } from './served-service.js'
import type { Service } from './service.js'
import type { Skip } from './skip.js'

/** All that the API server says. */
export interface Objects {
  readonly services: Iterable<Service>
  readonly slices: Iterable<EndpointSlice>
  /** The Node that we are; undefined where we are none. */
  readonly node: Node | undefined
}

/** All that is proxied, and why the rest is not. */
export interface Composition {
  readonly snapshot: Snapshot
  readonly skips: readonly Skip[]
}

/** What does not change while we run. */
export interface ComposerOptions extends Omit<Place, 'node'> {
  /** Absent: those of the Node's own ranges. */
  readonly ownPods?: OwnPods
}

const ownPodsOf = (node: Node | undefined): OwnPods =>
  node && node.podCidrs.length > 0 ? { kind: 'cidrs', cidrs: node.podCidrs } : { kind: 'unknown' }

/** As far as Services are concerned: a taint changes none of them. */
const sameNode = (one: Node | undefined, other: Node | undefined): boolean =>
  one?.name === other?.name &&
  one?.zone === other?.zone &&
  isDeepStrictEqual(one?.addresses, other?.addresses)

/** Who has which portals, as long as no Service changes. */
interface Settled {
  readonly services: readonly Service[]
  /** What each of `services` has. */
  readonly settlements: readonly PortClasses[]
  readonly node: Node | undefined
  readonly forbidden: ForbiddenEndpoints
}

/** A Service as it was served the last time. */
interface Made {
  of: Ingredients
  readonly service: ServedService
  /** Whether some of its endpoints may be portals: then it matters to whom others belong. */
  readonly concerned: boolean
}

/** Whether `now` would make the same. */
const stays = ({ of, concerned }: Made, now: Ingredients): boolean =>
  of.node === now.node &&
  sameValues(of.slices, now.slices) &&
  sameValues(of.settlement.classes, now.settlement.classes) &&
  sameValues(of.settlement.skips, now.settlement.skips) &&
  (of.forbidden === now.forbidden || !(concerned || now.forbidden.concerns(now.slices)))

/**
 * Joins Services and slices to service ports. What did not change since the last time is taken from there: the
 * cost of a change is that of walking over all Services, not of reading them again.
 */
export class Composer {
  readonly #options: ComposerOptions
  readonly #slices = new GroupedSlices()
  readonly #served = new WeakMap<Service, Made>()
  #claims = new WeakMap<Service, Claim>()
  #settled: Settled | undefined

  constructor(options: ComposerOptions) {
    this.#options = options
  }

  /** The order of `services` and `slices` does not matter; the snapshot's is that of names. */
  compose({ services, slices, node }: Objects): Composition {
    this.#slices.replace(slices)
    const sorted = [...services].sort((one, other) => (one.key < other.key ? -1 : 1))
    const servicePorts: ServicePort[] = []
    const healthChecks: HealthCheck[] = []
    const skips: Skip[] = []
    for (const served of this.#serveAll(this.#settle(sorted, node))) {
      servicePorts.push(...served.servicePorts)
      healthChecks.push(...served.healthChecks)
      skips.push(...served.skips)
    }
    const ownPods = this.#options.ownPods ?? ownPodsOf(node)
    return {
      snapshot: { servicePorts, healthChecks, ownPods, nodeAddresses: node?.addresses ?? [] },
      skips,
    }
  }

  #settle(services: readonly Service[], node: Node | undefined): Settled {
    const former = this.#settled
    const settledHere = former !== undefined && sameNode(former.node, node)
    if (settledHere && sameValues(former.services, services)) return former
    if (!settledHere) this.#claims = new WeakMap()
    const place = settledHere ? former.node : node
    const claims = services.map(service => this.#claim(service, place))
    const holdings = holdingsOf(claims)
    this.#settled = {
      ...{ services, node: place, forbidden: new ForbiddenEndpoints(holdings) },
      settlements: claims.map(claim => settle(claim, holdings)),
    }
    return this.#settled
  }

  #claim(service: Service, node: Node | undefined): Claim {
    const made = this.#claims.get(service)
    if (made) return made
    const claim = { service, ...portClasses(service, { ...this.#options, ...(node && { node }) }) }
    this.#claims.set(service, claim)
    return claim
  }

  #serveAll({ services, settlements, forbidden, node }: Settled): readonly ServedService[] {
    return services.map((service, index) => {
      const settlement = settlements[index] ?? { classes: [], skips: [] }
      return this.#serve({ service, settlement, slices: this.#slices.of(service.key), forbidden, node })
    })
  }

  #serve(now: Ingredients): ServedService {
    const made = this.#served.get(now.service)
    if (made && stays(made, now)) {
      // Not the former portals of all the others, which would be kept for as long as this one does not change.
      made.of = now
      return made.service
    }
    const service = serve(now)
    this.#served.set(now.service, { of: now, service, concerned: now.forbidden.concerns(now.slices) })
    return service
  }
}
