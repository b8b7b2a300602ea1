import type { ClusterEndpoint, ClusterService } from '../../model/cluster-service.js'
import type { IpAddress } from '../../model/ip-address.js'
import type { ServicePortId } from '../../model/service-port.js'
import { candidatesFor } from './candidates.js'
import { addressesOf, type Claim, Claims, settle } from './claims.js'
import { clusterService } from './cluster-service.js'
import type { EndpointSlice } from './endpoint-slice.js'
import { explained } from './left-out.js'
import { ForbiddenEndpoints } from './forbidden-endpoints.js'
import { GroupedSlices } from './grouped-slices.js'
import type { Place } from './place.js'
import { portClasses, type PortClasses } from './port-class.js'
import { sameValues } from './same-values.js'
import { serve, type ServedService } from './served-service.js'
import type { Service } from './service.js'

/** A Service, and what became of it the last time. */
interface Row {
  readonly claim: Claim
  /** Absent: new, or to be made anew, as are the others. */
  settlement?: PortClasses | undefined
  slices?: readonly EndpointSlice[]
  served?: ServedService | undefined
}

const isAt = ({ slices = [] }: Row, addresses: ReadonlySet<IpAddress>): boolean => {
  for (const { endpoints } of slices)
    for (const { address } of endpoints) if (addresses.has(address)) return true
  return false
}

const sameClasses = (one: PortClasses | undefined, other: PortClasses): boolean =>
  one !== undefined && sameValues(one.classes, other.classes) && sameValues(one.skips, other.skips)

/** All Services at one place, each with what became of it, so that only what changes is made anew. */
export class Rows {
  readonly #place: Place
  readonly #claims = new Claims()
  readonly #forbidden = new ForbiddenEndpoints(this.#claims)
  readonly #slices = new GroupedSlices()
  /** By the names of their Services. */
  #rows: readonly Row[] = []

  constructor(place: Place) {
    this.#place = place
  }

  /** What becomes of each Service, by their names. Takes all that there are now. */
  serve(services: Iterable<Service>, slices: Iterable<EndpointSlice>): readonly ServedService[] {
    this.#settle([...services].sort((one, other) => (one.key < other.key ? -1 : 1)))
    this.#regroup(slices)
    return this.#rows.map(row => (row.served ??= this.#serve(row)))
  }

  /** All Services, as far as they were served. */
  get services(): readonly ClusterService[] {
    return this.#rows.map(({ claim: { service }, served }) => clusterService(service, served))
  }

  /** The endpoints of the service port `id` of the Service called `key`, those that serve nobody now included; at most `most`. */
  endpointsOf(key: string, id: ServicePortId, most: number): readonly ClusterEndpoint[] {
    const row = this.#rows.find(({ claim }) => claim.service.key === key)
    const portClass = row?.settlement?.classes.find(each => each.id === id)
    if (!row || !portClass) return []
    const { port, family, policy } = portClass
    const candidates = candidatesFor({ ...port, family }, row.slices ?? [], this.#forbidden)
    return explained(policy, candidates, this.#place.node).slice(0, most)
  }

  #settle(services: readonly Service[]): void {
    if (
      services.length === this.#rows.length &&
      services.every((service, index) => service === this.#rows[index]?.claim.service)
    )
      return
    const gone = new Map(this.#rows.map(row => [row.claim.service, row] as const))
    this.#rows = services.map(service => {
      const former = gone.get(service)
      gone.delete(service)
      return former ?? { claim: { service, ...portClasses(service, this.#place) } }
    })
    const lost = [...gone.values()].map(({ claim }) => claim)
    const added = this.#rows.flatMap(({ claim, settlement }) => (settlement ? [] : [claim]))
    for (const claim of lost) this.#claims.remove(claim)
    for (const claim of added) this.#claims.add(claim)
    this.#settleAnew([...lost, ...added])
  }

  /** Gives their due to those who are new, and to those whom the change of `claims` concerns. */
  #settleAnew(claims: readonly Claim[]): void {
    const rivals = new Set(claims.flatMap(claim => this.#claims.rivalsOf(claim)))
    const addresses = new Set(claims.flatMap(addressesOf))
    for (const row of this.#rows) {
      if (isAt(row, addresses)) row.served = undefined
      if (row.settlement && !rivals.has(row.claim.service)) continue
      const settlement = settle(row.claim, this.#claims)
      if (!sameClasses(row.settlement, settlement)) row.served = undefined
      row.settlement = settlement
    }
  }

  #regroup(slices: Iterable<EndpointSlice>): void {
    const changed = this.#slices.replace(slices)
    for (const row of this.#rows) {
      const { key } = row.claim.service
      if (row.slices && changed !== 'maybe all' && !changed.has(key)) continue
      const now = this.#slices.of(key)
      if (!row.slices || !sameValues(row.slices, now)) row.served = undefined
      row.slices = now
    }
  }

  #serve({ claim, settlement = claim, slices = [] }: Row): ServedService {
    const { service } = claim
    return serve({ service, settlement, slices, forbidden: this.#forbidden, node: this.#place.node })
  }
}
