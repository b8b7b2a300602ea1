import type { Cidr } from '../model/cidr.js'
import type { Clock } from '../model/clock.js'
import type { Report, Resource } from '../model/event.js'
import type { Endpoint } from '../model/endpoint.js'
import type { Milliseconds } from '../model/milliseconds.js'
import type { PodName } from '../model/pod-name.js'
import type { ApiAbsence, ClusterEndpoint, ClusterService } from '../model/cluster-service.js'
import type { ServicePortId } from '../model/service-port.js'
import type { Snapshot } from '../model/snapshot.js'
import type { Activity, Changes } from './activity.js'
import * as kinds from './api-kind.js'
import { type EndpointSlice, readEndpointSlice } from './translation/endpoint-slice.js'
import { readEndpoints } from './translation/endpoints.js'
import { Comeback } from './comeback.js'
import { Contact } from './contact.js'
import { firstFailure } from './first-failure.js'
import { Mirror } from './mirror.js'
import { PodIndex } from './pod-index.js'
import { type Node, readNode } from './translation/node.js'
import { readService, type Service } from './translation/service.js'
import { type TranslationOptions, Translator } from './translation/translator.js'
import { ServiceRanges } from './service-ranges.js'
import type { Transport } from './transport.js'

export interface ApiSourceOptions {
  /** Closed with the source. */
  readonly transport: Transport
  readonly clock: Clock
  /** From 0 to 1, as `Math.random` gives it. */
  readonly random: () => number
  readonly report: Report
  readonly translation: TranslationOptions
}

const none: readonly Cidr[] = []

/** What an API server says about Services, kept up to date. */
export class ApiSource {
  readonly #options: ApiSourceOptions
  readonly #stop = new AbortController()
  readonly #ranges: ServiceRanges
  readonly #translator: Translator
  readonly #services: Mirror<Service>
  readonly #slices: Mirror<readonly EndpointSlice[]>
  readonly #nodes: Mirror<Node>
  readonly #pods = new PodIndex()
  /** One for each mirror. */
  readonly #contacts: readonly Contact[]
  #changed: () => void = () => undefined
  #running: Promise<unknown> = Promise.resolve()

  constructor(options: ApiSourceOptions) {
    this.#options = options
    this.#translator = new Translator(options.translation, options.report)
    const { nodeName, serviceCidrs } = options.translation
    const transport = new Comeback(options.transport)
    const asking = { ...options, transport, returned: () => transport.returned }
    this.#ranges = new ServiceRanges({ ...asking, given: serviceCidrs })
    const contacts = {
      services: new Contact(asking),
      slices: new Contact(asking),
      nodes: new Contact(asking),
    }
    this.#contacts = Object.values(contacts)
    const over = (contact: Contact) => ({
      ...asking,
      transport: contact,
      report: contact.report,
      changed: () => {
        this.#tellChange()
      },
    })
    this.#services = new Mirror({ ...over(contacts.services), kind: kinds.services, decode: readService })
    this.#slices = new Mirror({
      ...over(contacts.slices),
      kind: kinds.endpointSlices,
      decode: object => [readEndpointSlice(object)],
      instead: { kind: kinds.endpoints, decode: readEndpoints },
    })
    this.#nodes = new Mirror({
      ...over(contacts.nodes),
      kind: kinds.nodeCalled(nodeName),
      decode: readNode,
    })
  }

  /** Whether all kinds were listed whole once: before that, a snapshot may lack anything. */
  get ready(): boolean {
    return this.#ranges.known !== undefined && this.#mirrors.every(mirror => mirror.listed)
  }

  /** All service ports as they are now. What is left out is reported, once for as long as the reason stays. */
  snapshot(): Snapshot {
    for (const { activity } of this.#mirrors) activity.snapshot()
    const services = this.#services.values.values()
    const slices = [...this.#slices.values.values()].flat()
    return this.#translator.translate({ services, slices, node: this.node }, this.#ranges.known ?? none)
  }

  get changes(): Readonly<Record<'services' | 'endpoints', Changes>> {
    return { services: this.#services.activity.changes, endpoints: this.#slices.activity.changes }
  }

  /** When the API server told something last, by the clock. */
  get heard(): ReadonlyMap<Resource, Milliseconds> {
    return new Map(
      this.#mirrors.flatMap(({ kind, activity: { heard } }) =>
        heard === undefined ? [] : [[kind.resource, heard]],
      ),
    )
  }

  /** See `Activity`. */
  takeTriggers(): ReturnType<Activity['takeTriggers']> {
    return this.#slices.activity.takeTriggers()
  }

  /** All Services, as they were in the last snapshot, proxied or not. */
  get services(): readonly ClusterService[] {
    return this.#translator.services
  }

  /** See `Translator`. */
  endpointsOf(key: string, id: ServicePortId, most: number): readonly ClusterEndpoint[] {
    return this.#translator.endpointsOf(key, id, most)
  }

  /** The Pod that serves at `endpoint` over TCP; undefined where it is none. The first call takes time, and those after changes. */
  podAt(endpoint: Endpoint): PodName | undefined {
    this.#pods.follow(this.#slices.values, this.#slices.activity.changes.total)
    return this.#pods.at(endpoint)
  }

  /** Since when some kind cannot be followed; undefined while all can. */
  get absence(): ApiAbsence | undefined {
    return this.#contacts.map(({ absence }) => absence).find(each => each !== undefined)
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
    await Promise.allSettled([...lists, this.#ranges.ask(signal)])
    await Promise.all(lists)
  }

  /**
   * Begins to follow the API server, and calls `changed` once everything was listed, and after each change, until
   * `close`. Troubles are reported and tried again; they take nothing away.
   */
  start(changed: () => void): void {
    this.#changed = changed
    if (this.ready) changed()
    const { signal } = this.#stop
    this.#running = Promise.all([this.#learnRanges(signal), ...this.#mirrors.map(each => each.run(signal))])
  }

  /** Ends everything. May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#options.transport.close()
    await this.#running
  }

  async #learnRanges(signal: AbortSignal): Promise<void> {
    if (this.#ranges.known) return
    await this.#ranges.run(signal)
    this.#tellChange()
  }

  #tellChange(): void {
    if (this.ready && !this.#stop.signal.aborted) this.#changed()
  }

  get #mirrors(): readonly Pick<Mirror<unknown>, 'kind' | 'listed' | 'activity' | 'list' | 'run'>[] {
    return [this.#services, this.#slices, this.#nodes]
  }
}
