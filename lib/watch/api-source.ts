import type { Cidr } from '../model/cidr.js'
import type { Clock } from '../model/clock.js'
import type { Endpoint } from '../model/endpoint.js'
import type { Resource } from '../model/api-event.js'
import type { Report } from '../model/event.js'
import type { IpAddress } from '../model/ip-address.js'
import type { Milliseconds } from '../model/milliseconds.js'
import type { PodName } from '../model/pod-name.js'
import type { ApiAbsence, ClusterEndpoint, ClusterService } from '../model/cluster-service.js'
import type { ServicePortId } from '../model/service-port.js'
import type { Snapshot } from '../model/snapshot.js'
import type { Activity, Changes } from './activity.js'
import { ClusterMirrors, type ClusterScope } from './cluster-mirrors.js'
import { Comeback } from './comeback.js'
import { reportEmptyNamespaces } from './empty-namespaces.js'
import { FollowedPods } from './followed-pods.js'
import type { Node } from './translation/node.js'
import { type TranslationOptions, Translator } from './translation/translator.js'
import type { ServerAddresses } from './server-addresses.js'
import { ServiceRanges } from './service-ranges.js'
import type { Transport } from './transport.js'

export interface ApiSourceOptions extends ClusterScope {
  /** Closed with the source. */
  readonly transport: Transport
  readonly clock: Clock
  /** From 0 to 1, as `Math.random` gives it. */
  readonly random: () => number
  readonly report: Report
  readonly translation: TranslationOptions
  /** Where the API server is; absent: nobody is led there, nor kept from taking its address. */
  readonly server?: ServerAddresses
}

const none: readonly Cidr[] = []

/** What an API server says about Services, kept up to date. */
export class ApiSource {
  readonly #options: ApiSourceOptions
  readonly #stop = new AbortController()
  readonly #ranges: ServiceRanges
  readonly #translator: Translator
  readonly #mirrors: ClusterMirrors
  readonly #pods: FollowedPods
  #changed: () => void = () => undefined
  #running: Promise<unknown> = Promise.resolve()
  #empty: Promise<void> | undefined

  constructor(options: ApiSourceOptions) {
    this.#options = options
    this.#translator = new Translator(options.translation, options.report)
    const { nodeName, serviceCidrs } = options.translation
    const transport = new Comeback(options.transport)
    const asking = {
      ...{ ...options, transport, returned: () => transport.returned },
      changed: () => {
        this.#tellChange()
      },
    }
    this.#ranges = new ServiceRanges({ ...asking, given: serviceCidrs })
    this.#mirrors = new ClusterMirrors({ ...asking, nodeName })
    this.#pods = new FollowedPods(this.#mirrors.slices.all)
  }

  /** Whether all kinds were listed whole once: before that, a snapshot may lack anything. */
  get ready(): boolean {
    return this.#ranges.known !== undefined && this.#mirrors.listed
  }

  /** All service ports as they are now. What is left out is reported, once for as long as the reason stays. */
  snapshot(): Snapshot {
    this.#mirrors.snapshot()
    const { services, slices, nodes } = this.#mirrors
    const told = {
      ...{
        services: services.values,
        slices: slices.values.flat(),
        node: this.node,
        server: this.#options.server?.told,
      },
      nodes: nodes?.mirrors.listed === true ? ('seen' as const) : ('unseen' as const),
    }
    return this.#translator.translate(told, this.#ranges.known ?? none)
  }

  get changes(): Readonly<Record<'services' | 'endpoints', Changes>> {
    return { services: this.#mirrors.services.changes, endpoints: this.#mirrors.slices.changes }
  }

  /** When the API server told something last, by the clock. */
  get heard(): ReadonlyMap<Resource, Milliseconds> {
    return this.#mirrors.heard
  }

  /** See `Activity`. */
  takeTriggers(): ReturnType<Activity['takeTriggers']> {
    return this.#mirrors.slices.takeTriggers()
  }

  /** Where the API server is, as far as that is known: never to be captured, nor routed elsewhere. */
  get apiServers(): readonly IpAddress[] {
    return this.#options.server?.known.map(({ address }) => address) ?? []
  }

  /** Where cluster IPs are from, as far as that is known. */
  get serviceRanges(): readonly Cidr[] {
    return this.#ranges.known ?? none
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
  podAt(endpoint: Endpoint, namespace: string): PodName | undefined {
    return this.#pods.at(endpoint, namespace)
  }

  /** Since when some kind cannot be followed; undefined while all can. */
  get absence(): ApiAbsence | undefined {
    return this.#mirrors.absence
  }

  /** The Node that we are; undefined where we are none. */
  get node(): Node | undefined {
    return this.#mirrors.nodes?.own
  }

  /** Those that are followed, as far as we may see them. */
  get nodes(): readonly Node[] {
    return this.#mirrors.nodes?.all ?? []
  }

  /** Whether the endpoint is where we ask the API server ourselves: reached in no other way than we have. */
  isApiServer(endpoint: Endpoint): boolean {
    return this.#translator.isOwnServer(endpoint)
  }

  /** What the server said when it did not let us see the Nodes; undefined where it did, or was not asked. */
  get nodesForbidden(): string | undefined {
    return this.#mirrors.nodes?.forbidden
  }

  /**
   * Lists everything once. Rejects with a `Failure` when the API server cannot be reached or refuses, once no list is under
   * way any more: a late one would overwrite what `start` has seen since.
   */
  async readOnce(signal: AbortSignal): Promise<void> {
    const lists = this.#mirrors.list(signal)
    await Promise.allSettled([...lists, this.#ranges.ask(signal), this.#options.server?.ask(signal)])
    await Promise.all(lists)
    await this.#reportEmpty()
  }

  /**
   * Begins to follow the API server, and calls `changed` once everything was listed, and after each change, until
   * `close`. Troubles are reported and tried again; they take nothing away.
   */
  start(changed: () => void): void {
    this.#changed = changed
    if (this.ready) changed()
    const { signal } = this.#stop
    const { server } = this.#options
    const tell = (): void => this.#tellChange()
    const others = [this.#ranges.run(signal, tell), server?.run(signal, tell)]
    this.#running = Promise.all([...others, this.#mirrors.run(signal)])
  }

  /** Ends everything. May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#options.transport.close()
    await Promise.all([this.#running, this.#empty])
  }

  #reportEmpty(): Promise<void> {
    const { signal } = this.#stop
    return (this.#empty ??= reportEmptyNamespaces(this.#mirrors.services.all, { ...this.#options, signal }))
  }

  #tellChange(): void {
    if (!this.ready || this.#stop.signal.aborted) return
    void this.#reportEmpty()
    this.#changed()
  }
}
