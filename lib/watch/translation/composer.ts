import { isDeepStrictEqual } from 'node:util'
import type { ClusterEndpoint, ClusterService } from '../../model/cluster-service.js'
import type { OwnPods } from '../../model/own-pods.js'
import type { ServicePortId } from '../../model/service-port.js'
import type { Snapshot } from '../../model/snapshot.js'
import type { EndpointSlice } from './endpoint-slice.js'
import { isEligible, type Node } from './node.js'
import type { Place } from './place.js'
import { Rows } from './rows.js'
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

/**
 * Joins Services and slices to service ports. What did not change since the last time is taken from there: the
 * cost of a change is that of walking over all Services, not of reading them again.
 */
export class Composer {
  readonly #options: ComposerOptions
  #node: Node | undefined
  #rows: Rows

  constructor(options: ComposerOptions) {
    this.#options = options
    this.#rows = new Rows(options)
  }

  /** All Services, as they were composed last. */
  get services(): readonly ClusterService[] {
    return this.#rows.services
  }

  /** See `Rows`. */
  endpointsOf(key: string, id: ServicePortId, most: number): readonly ClusterEndpoint[] {
    return this.#rows.endpointsOf(key, id, most)
  }

  /** The order of `services` and `slices` does not matter; the snapshot's is that of names. */
  compose({ services, slices, node }: Objects): Composition {
    if (!sameNode(this.#node, node)) this.#rows = new Rows({ ...this.#options, ...(node && { node }) })
    this.#node = node
    // Not by `push(...)`: a Service may have more ports than a call may have arguments.
    const all = this.#rows.serve(services, slices)
    const servicePorts = all.flatMap(served => served.servicePorts)
    const healthChecks = all.flatMap(served => served.healthChecks)
    const skips = all.flatMap(served => served.skips)
    const ownPods = this.#options.ownPods ?? ownPodsOf(node)
    return {
      snapshot: {
        ...{ servicePorts, healthChecks, ownPods, nodeAddresses: node?.addresses ?? [] },
        nodeEligible: !node || isEligible(node),
      },
      skips,
    }
  }
}
