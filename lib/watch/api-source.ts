import type { Clock } from '../model/clock.js'
import type { Report } from '../model/event.js'
import type { Family } from '../model/ip-address.js'
import type { OwnPods } from '../model/own-pods.js'
import type { Snapshot } from '../model/snapshot.js'
import * as kinds from './api-kind.js'
import type { AddressRules } from './translation/address-rules.js'
import { Composer } from './translation/composer.js'
import { readEndpointSlice, type EndpointSlice } from './translation/endpoint-slice.js'
import { firstFailure } from './first-failure.js'
import { Mirror } from './mirror.js'
import { type Node, readNode } from './translation/node.js'
import { readService, type Service } from './translation/service.js'
import { Said } from './translation/skip.js'
import type { Transport } from './transport.js'

/** What of the place we run at matters to what becomes of Services. */
export interface TranslationOptions extends AddressRules {
  /** The Node that we are, if there is one of that name. */
  readonly nodeName: string
  /** Those that this machine has. */
  readonly families: readonly Family[]
  /** Absent: the Node's own ranges. */
  readonly ownPods?: OwnPods
}

export interface ApiSourceOptions {
  /** Closed with the source. */
  readonly transport: Transport
  readonly clock: Clock
  /** From 0 to 1, as `Math.random` gives it. */
  readonly random: () => number
  readonly report: Report
  readonly translation: TranslationOptions
}

/** What an API server says about Services, kept up to date. */
export class ApiSource {
  readonly #options: ApiSourceOptions
  readonly #stop = new AbortController()
  readonly #composer: Composer
  readonly #said: Said
  readonly #services: Mirror<Service>
  readonly #slices: Mirror<EndpointSlice>
  readonly #nodes: Mirror<Node>
  #changed: () => void = () => undefined
  #saidNoNode = false
  #running: Promise<unknown> = Promise.resolve()

  constructor(options: ApiSourceOptions) {
    this.#options = options
    this.#said = new Said(options.report)
    const { families, ownPods, nodeName, ...rules } = options.translation
    this.#composer = new Composer({ families, rules, ...(ownPods && { ownPods }) })
    const common = {
      ...options,
      changed: () => {
        if (this.ready) this.#changed()
      },
    }
    this.#services = new Mirror({ ...common, kind: kinds.services, decode: readService })
    this.#slices = new Mirror({ ...common, kind: kinds.endpointSlices, decode: readEndpointSlice })
    this.#nodes = new Mirror({ ...common, kind: kinds.nodeCalled(nodeName), decode: readNode })
  }

  /** Whether all kinds were listed whole once: before that, a snapshot may lack anything. */
  get ready(): boolean {
    return this.#mirrors.every(mirror => mirror.listed)
  }

  /** All service ports as they are now. What is left out is reported, once for as long as the reason stays. */
  snapshot(): Snapshot {
    const { node } = this
    const { snapshot, skips } = this.#composer.compose({
      services: this.#services.values.values(),
      slices: this.#slices.values.values(),
      node,
    })
    if (this.ready) {
      this.#said.tell(skips)
      this.#tellOf(node)
    }
    return snapshot
  }

  /** The Node that we are; undefined where we are none. */
  get node(): Node | undefined {
    return this.#nodes.values.get(this.#options.translation.nodeName)
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

  #tellOf(node: Node | undefined): void {
    const { report, translation } = this.#options
    if (!node && !this.#saidNoNode) report({ type: 'no-node', node: translation.nodeName })
    this.#saidNoNode = !node
  }

  get #mirrors(): readonly Pick<Mirror<unknown>, 'kind' | 'listed' | 'list' | 'run'>[] {
    return [this.#services, this.#slices, this.#nodes]
  }
}
