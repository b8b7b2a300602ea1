import { isDeepStrictEqual } from 'node:util'
import type { OwnPods } from '../../model/own-pods.js'
import type { Snapshot } from '../../model/snapshot.js'
import { type Claim, holdingsOf, settle, type Settlement } from './claims.js'
import type { EndpointSlice } from './endpoint-slice.js'
import { ForbiddenEndpoints } from './forbidden-endpoints.js'
import type { Node } from './node.js'
import type { Place } from './place.js'
import { portClasses } from './port-class.js'
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

const none: readonly EndpointSlice[] = []

const byService = (slices: Iterable<EndpointSlice>): ReadonlyMap<string, readonly EndpointSlice[]> => {
  const found = new Map<string, EndpointSlice[]>()
  for (const slice of slices) {
    if (slice.service === undefined) continue
    const others = found.get(slice.service)
    if (others) others.push(slice)
    else found.set(slice.service, [slice])
  }
  for (const several of found.values())
    if (several.length > 1) several.sort((a, b) => (a.what < b.what ? -1 : 1))
  return found
}

const same = <Value>(one: readonly Value[], other: readonly Value[]): boolean =>
  one === other || (one.length === other.length && one.every((value, index) => value === other[index]))

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
  readonly node: Node | undefined
  readonly settlements: ReadonlyMap<Service, Settlement>
  readonly forbidden: ForbiddenEndpoints
}

/** Whether they make the same, too: who may not be an endpoint matters to few. */
const equal = (one: Ingredients, other: Ingredients): boolean =>
  same(one.slices, other.slices) &&
  same(one.settlement.classes, other.settlement.classes) &&
  same(one.settlement.skips, other.settlement.skips) &&
  one.node === other.node &&
  (one.forbidden === other.forbidden ||
    !(one.forbidden.concerns(one.slices) || other.forbidden.concerns(one.slices)))

/**
 * Joins Services and slices to service ports. What did not change since the last time is taken from there: the
 * cost of a change is that of walking over all Services, not of reading them again.
 */
export class Composer {
  readonly #options: ComposerOptions
  #claims = new WeakMap<Service, Claim>()
  readonly #served = new WeakMap<Service, { of: Ingredients; readonly service: ServedService }>()
  #settled: Settled | undefined

  constructor(options: ComposerOptions) {
    this.#options = options
  }

  /** The order of `services` and `slices` does not matter; the snapshot's is that of names. */
  compose({ services, slices, node }: Objects): Composition {
    const sorted = [...services].sort((one, other) => (one.key < other.key ? -1 : 1))
    const { settlements, forbidden, node: place } = this.#settle(sorted, node)
    const grouped = byService(slices)
    const served = sorted.map(service => {
      const settlement = settlements.get(service) ?? { classes: [], skips: [] }
      const ofService = grouped.get(service.key) ?? none
      return this.#serve({ service, settlement, slices: ofService, forbidden, node: place })
    })
    return {
      snapshot: {
        servicePorts: served.flatMap(each => each.servicePorts),
        healthChecks: served.flatMap(each => each.healthChecks),
        ownPods: this.#options.ownPods ?? ownPodsOf(node),
        nodeAddresses: node?.addresses ?? [],
      },
      skips: served.flatMap(each => each.skips),
    }
  }

  #settle(services: readonly Service[], node: Node | undefined): Settled {
    const former = this.#settled
    const stays = former !== undefined && sameNode(former.node, node)
    if (stays && same(former.services, services)) return former
    if (!stays) this.#claims = new WeakMap()
    const place = stays ? former.node : node
    const claims = services.map(service => this.#claim(service, place))
    const holdings = holdingsOf(claims)
    this.#settled = {
      ...{ services, node: place, forbidden: new ForbiddenEndpoints(holdings) },
      settlements: new Map(claims.map(claim => [claim.service, settle(claim, holdings)] as const)),
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

  #serve(now: Ingredients): ServedService {
    const made = this.#served.get(now.service)
    if (made && equal(made.of, now)) {
      // Not the former portals of all the others, which would be kept for as long as this one does not change.
      made.of = now
      return made.service
    }
    const service = serve(now)
    this.#served.set(now.service, { of: now, service })
    return service
  }
}
