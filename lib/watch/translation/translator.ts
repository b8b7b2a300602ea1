import { isDeepStrictEqual } from 'node:util'
import type { Cidr } from '../../model/cidr.js'
import type { ClusterEndpoint, ClusterService } from '../../model/cluster-service.js'
import type { Endpoint } from '../../model/endpoint.js'
import type { Report } from '../../model/event.js'
import type { Family } from '../../model/ip-address.js'
import type { OwnPods } from '../../model/own-pods.js'
import type { ServicePortId } from '../../model/service-port.js'
import type { Snapshot } from '../../model/snapshot.js'
import type { AddressRules } from './address-rules.js'
import { Composer, type Objects } from './composer.js'
import type { EndpointSlice } from './endpoint-slice.js'
import { OwnService, ownServiceKey, type OwnServer } from './own-service.js'
import { Said } from './skip.js'

/** What of the place we run at matters to what becomes of Services. */
export interface TranslationOptions extends AddressRules {
  /** The Node that we are, if there is one of that name. */
  readonly nodeName: string
  /** Those that this machine has. */
  readonly families: readonly Family[]
  /** Absent: the Node's own ranges. */
  readonly ownPods?: OwnPods
}

/** All that the API server says, and whether it has told which Nodes there are. */
export interface Told extends Objects {
  readonly nodes?: 'seen' | 'unseen'
  /** Where the API server is asked; absent: nobody knows. */
  readonly server?: OwnServer | undefined
}

/** What the cluster itself says of its addresses. */
type LearntRules = Required<Pick<AddressRules, 'serviceCidrs' | 'apiServers'>>

/** Where a Service is served over TCP. */
const endpointsOf = (service: string, slices: readonly EndpointSlice[]): readonly Endpoint[] =>
  slices
    .filter(slice => slice.service === service)
    .flatMap(({ endpoints, ports }) =>
      ports
        .filter(({ protocol }) => protocol === 'TCP')
        .flatMap(({ port }) => endpoints.map(({ address }) => ({ address, port }))),
    )

/** Makes snapshots of what the API server says, and reports what is left out, once for as long as the reason stays. */
export class Translator {
  readonly #options: TranslationOptions
  readonly #report: Report
  readonly #said: Said
  #composer: { readonly rules: LearntRules; readonly composer: Composer } | undefined
  readonly #own = new OwnService()
  #saidNoNode = false
  #saidOwn: string | undefined

  constructor(options: TranslationOptions, report: Report) {
    this.#options = options
    this.#report = report
    this.#said = new Said(report)
  }

  /** All service ports there are, where cluster IPs are from `serviceCidrs`. */
  translate({ nodes = 'seen', server, ...objects }: Told, serviceCidrs: readonly Cidr[]): Snapshot {
    const told = [...objects.slices]
    const apiServers = [
      ...(this.#options.apiServers ?? []),
      ...(server?.endpoints ?? []),
      ...endpointsOf(ownServiceKey, told),
    ]
    const services = [...objects.services]
    const isMissed = !objects.node && services.some(({ key }) => key === ownServiceKey)
    const slices = server && isMissed ? this.#withOwn(server, told) : told
    const rules = { serviceCidrs, apiServers }
    const { snapshot, skips } = this.#composerFor(rules).compose({ ...objects, services, slices })
    this.#said.tell(skips)
    const isNone = nodes === 'seen' && !objects.node
    if (isNone && !this.#saidNoNode) this.#report({ type: 'no-node', node: this.#options.nodeName })
    this.#saidNoNode = isNone
    return snapshot
  }

  /** All Services, as they were translated last. */
  get services(): readonly ClusterService[] {
    return this.#composer?.composer.services ?? []
  }

  /** See `OwnService`. */
  isOwnServer(endpoint: Endpoint): boolean {
    return this.#own.has(endpoint)
  }

  /** The endpoints of a service port of the Service called `key`, those that serve nobody now included; at most `most`. */
  endpointsOf(key: string, id: ServicePortId, most: number): readonly ClusterEndpoint[] {
    return this.#composer?.composer.endpointsOf(key, id, most) ?? []
  }

  /** The slices with where the API server is, if that may be; which is said once for as long as it stays. */
  #withOwn({ url, endpoints, why }: OwnServer, slices: readonly EndpointSlice[]): readonly EndpointSlice[] {
    if (endpoints.length === 0 && why === undefined) return slices
    const said = why ?? ''
    if (this.#saidOwn !== said)
      this.#report({ type: 'own-service', server: url, ...(why !== undefined && { why }) })
    this.#saidOwn = said
    return why === undefined ? this.#own.in(slices, endpoints) : slices
  }

  /** The same for as long as the rules are. */
  #composerFor(learnt: LearntRules): Composer {
    if (this.#composer && isDeepStrictEqual(this.#composer.rules, learnt)) return this.#composer.composer
    const composer = this.#newComposer(learnt)
    this.#composer = { rules: learnt, composer }
    return composer
  }

  #newComposer(learnt: LearntRules): Composer {
    const { families, ownPods, externalCidrs, externalIpsTake } = this.#options
    return new Composer({
      families,
      rules: {
        ...learnt,
        ...(externalCidrs && { externalCidrs }),
        ...(externalIpsTake && { externalIpsTake }),
      },
      ...(ownPods && { ownPods }),
    })
  }
}
