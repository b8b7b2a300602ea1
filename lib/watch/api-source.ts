import type { Clock } from '../model/clock.js'
import type { Report } from '../model/event.js'
import type { Snapshot } from '../model/snapshot.js'
import * as kinds from './api-kind.js'
import { Composer } from './translation/composer.js'
import { readEndpointSlice, type EndpointSlice } from './translation/endpoint-slice.js'
import { firstFailure } from './first-failure.js'
import { Mirror } from './mirror.js'
import { type Node, readNode } from './translation/node.js'
import { readService, type Service } from './translation/service.js'
import { Said } from './translation/skip.js'
import type { Transport } from './transport.js'

export interface ApiSourceOptions {
  /** Closed with the source. */
  readonly transport: Transport
  readonly clock: Clock
  /** From 0 to 1, as `Math.random` gives it. */
  readonly random: () => number
  readonly report: Report
}

/** What an API server says about Services, kept up to date. */
export class ApiSource {
  readonly #options: ApiSourceOptions
  readonly #stop = new AbortController()
  readonly #composer = new Composer()
  readonly #said: Said
  readonly #services: Mirror<Service>
  readonly #slices: Mirror<EndpointSlice>
  readonly #nodes: Mirror<Node>
  #changed: () => void = () => undefined
  #running: Promise<unknown> = Promise.resolve()

  constructor(options: ApiSourceOptions) {
    this.#options = options
    this.#said = new Said(options.report)
    const common = {
      ...options,
      changed: () => {
        if (this.ready) this.#changed()
      },
    }
    this.#services = new Mirror({ ...common, kind: kinds.services, decode: readService })
    this.#slices = new Mirror({ ...common, kind: kinds.endpointSlices, decode: readEndpointSlice })
    this.#nodes = new Mirror({ ...common, kind: kinds.nodes, decode: readNode })
  }

  /** Whether all kinds were listed whole once: before that, a snapshot may lack anything. */
  get ready(): boolean {
    return this.#mirrors.every(mirror => mirror.listed)
  }

  /** All service ports as they are now. What is left out is reported, once for as long as the reason stays. */
  snapshot(): Snapshot {
    const { snapshot, skips } = this.#composer.compose(
      this.#services.values.values(),
      this.#slices.values.values(),
    )
    if (this.ready) this.#said.tell(skips)
    return snapshot
  }

  /** The cluster's Nodes, by name. */
  get nodes(): ReadonlyMap<string, Node> {
    return this.#nodes.values
  }

  /**
   * Lists everything once. Rejects with a `Failure` when the API server cannot be reached or refuses, once no list is under
   * way any more: a late one would overwrite what `start` has seen since.
   */
  async readOnce(signal: AbortSignal): Promise<void> {
    const lists = this.#mirrors.map(async mirror => {
      try {
        await mirror.list(signal)
      } catch (error) {
        throw firstFailure(error, mirror.kind)
      }
    })
    await Promise.allSettled(lists)
    await Promise.all(lists)
  }

  /**
   * Begins to follow the API server, and calls `changed` once everything was listed, and after each change, until
   * `close`. Troubles are reported and tried again; they take nothing away.
   */
  start(changed: () => void): void {
    this.#changed = changed
    if (this.ready) changed()
    this.#running = Promise.all(this.#mirrors.map(mirror => mirror.run(this.#stop.signal)))
  }

  /** Ends everything. May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#options.transport.close()
    await this.#running
  }

  get #mirrors(): readonly Pick<Mirror<unknown>, 'kind' | 'listed' | 'list' | 'run'>[] {
    return [this.#services, this.#slices, this.#nodes]
  }
}
