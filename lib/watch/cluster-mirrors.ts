import type { ApiAbsence } from '../model/cluster-service.js'
import type { Resource } from '../model/api-event.js'
import type { Milliseconds } from '../model/milliseconds.js'
import * as kinds from './api-kind.js'
import { firstFailure } from './first-failure.js'
import type { MirrorOptions } from './mirror.js'
import { Mirrors } from './mirrors.js'
import { Nodes, type NodesOptions } from './nodes.js'
import { type EndpointSlice, readEndpointSlice } from './translation/endpoint-slice.js'
import { readEndpoints } from './translation/endpoints.js'
import { readService, type Service } from './translation/service.js'

/** Which objects are followed. */
export interface ClusterScope {
  /** Where Services are, with rights in these alone; one at least. Absent: in the whole cluster. */
  readonly namespaces?: readonly string[] | undefined
  /**
   * Default: our own one. Where the right to see it is missing, it is none with `namespaces`, and without them a trouble: a node
   * agent would follow no policy any more. `all` is for those who look for the way to them, and can do without.
   */
  readonly nodes?: NodesOptions['wanted'] | 'none' | undefined
}

export interface ClusterMirrorsOptions
  extends ClusterScope, Omit<MirrorOptions<unknown>, 'kind' | 'decode' | 'instead' | 'endsWith'> {
  readonly nodeName: string
}

type Part = Pick<Nodes, 'kind' | 'listed' | 'list' | 'run'>

/** The mirrors of all kinds that Services are made of. */
export class ClusterMirrors {
  readonly #options: ClusterMirrorsOptions
  readonly services: Mirrors<Service>
  readonly slices: Mirrors<readonly EndpointSlice[]>
  /** Absent: nobody wants to know. */
  readonly nodes: Nodes | undefined

  constructor(options: ClusterMirrorsOptions) {
    this.#options = options
    const { namespaces, nodes = 'own', nodeName: name, ...over } = options
    this.services = new Mirrors({ ...over, namespaces, kind: kinds.services, decode: readService })
    this.slices = new Mirrors({
      ...{ ...over, namespaces, kind: kinds.endpointSlices, decode: object => [readEndpointSlice(object)] },
      instead: { kind: kinds.endpoints, decode: readEndpoints },
    })
    const forbidden = namespaces || nodes === 'all' ? 'none' : 'trouble'
    if (nodes !== 'none') this.nodes = new Nodes({ ...over, wanted: nodes, name, forbidden })
  }

  /** Whether all kinds were listed whole once. */
  get listed(): boolean {
    return this.#parts.every(({ listed }) => listed)
  }

  /** When the API server told something last, by the clock. */
  get heard(): ReadonlyMap<Resource, Milliseconds> {
    return new Map(
      this.#mirrors.flatMap(({ kind: { resource }, heard }) =>
        heard === undefined ? [] : [[resource, heard]],
      ),
    )
  }

  /** Since when some kind cannot be followed; undefined while all can. */
  get absence(): ApiAbsence | undefined {
    return this.#mirrors.map(({ absence }) => absence).find(each => each !== undefined)
  }

  /** A snapshot has all of it. */
  snapshot(): void {
    for (const mirrors of this.#mirrors) mirrors.snapshot()
  }

  /** Lists everything once: a promise for each list. They reject with a `Failure`. */
  list(signal: AbortSignal): readonly Promise<void>[] {
    return this.#parts.map(async part => {
      try {
        await part.list(signal)
      } catch (error) {
        throw firstFailure(error, part.kind, { kinds: this.#needed, namespaces: this.#options.namespaces })
      }
    })
  }

  /** Follows everything until `signal` aborts, and resolves then. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#parts.map(part => part.run(signal)))
  }

  /** The kinds to which rights are asked for where one is missing: with those to Nodes, in the whole cluster, all works. */
  get #needed(): readonly kinds.ApiKind[] {
    return (this.#options.namespaces ? [this.services, this.slices] : this.#mirrors).map(({ kind }) => kind)
  }

  get #mirrors(): readonly Mirrors<unknown>[] {
    return [this.services, this.slices, ...(this.nodes ? [this.nodes.mirrors] : [])]
  }

  get #parts(): readonly Part[] {
    return [...this.services.all, ...this.slices.all, ...(this.nodes ? [this.nodes] : [])]
  }
}
