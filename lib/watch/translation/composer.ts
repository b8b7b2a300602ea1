import type { IpAddress } from '../../model/ip-address.js'
import { ordinaryTraffic, type ServicePort, servicePortId } from '../../model/service-port.js'
import { emptySnapshot, type Snapshot } from '../../model/snapshot.js'
import { type Claim, settle } from './claims.js'
import type { EndpointSlice } from './endpoint-slice.js'
import { selectEndpoints } from './selection.js'
import type { Service } from './service.js'
import { objectText, refused, type Skip, someOf } from './skip.js'

/** All that is proxied, and why the rest is not. */
export interface Composition {
  readonly snapshot: Snapshot
  readonly skips: readonly Skip[]
}

/** Whose each cluster IP is. */
type Owners = ReadonlyMap<IpAddress, string>

/** What was made of a Service, and of what. */
interface Composed extends Claim {
  readonly slices: readonly EndpointSlice[]
  readonly owners: Owners
  readonly skips: readonly Skip[]
}

const keyOf = ({ namespace, name }: Service): string => `${namespace}/${name}`

const byText = <Value>(values: Iterable<Value>, textOf: (value: Value) => string): Value[] =>
  [...values].sort((one, other) => (textOf(one) < textOf(other) ? -1 : 1))

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

const ownersOf = (services: readonly Service[]): Owners =>
  new Map(
    services.flatMap(({ clusterIps, namespace, name }) =>
      clusterIps.map(address => [address, objectText('Service', namespace, name)] as const),
    ),
  )

const equalOwners = (one: Owners, other: Owners): boolean =>
  one.size === other.size && [...one].every(([address, owner]) => other.get(address) === owner)

const equalSlices = (one: readonly EndpointSlice[], other: readonly EndpointSlice[]): boolean =>
  one.length === other.length && one.every((slice, index) => slice === other[index])

const whyOwned = ({ what, endpoints }: EndpointSlice, owners: Owners): Skip[] => {
  const owned = endpoints.flatMap(({ address }) => {
    const owner = owners.get(address)
    return owner === undefined ? [] : [`${address} is the cluster IP of ${owner}`]
  })
  return owned.length === 0 ? [] : [refused(what, `an endpoint may not be a portal: ${someOf(owned)}`)]
}

const compose = (service: Service, slices: readonly EndpointSlice[], owners: Owners): Composed => {
  const { namespace, name, affinity, portals, terms } = service
  if (!portals) return { service, slices, owners, servicePorts: [], skips: service.skips }
  const servicePorts = portals.ports.map((proxied): ServicePort => {
    const { protocol, port } = proxied
    const id = { namespace, service: name, port: proxied.name, protocol }
    return {
      ...ordinaryTraffic,
      id: servicePortId(id, ordinaryTraffic),
      name: id,
      portals: [{ kind: 'cluster-ip', address: portals.address, port }],
      endpoints: selectEndpoints(proxied, slices, owners),
      othersServe: false,
      affinity,
      terms: terms[protocol],
    }
  })
  const ofSlices = slices.flatMap(slice => [...slice.skips, ...whyOwned(slice, owners)])
  return { service, slices, owners, servicePorts, skips: [...service.skips, ...ofSlices] }
}

/**
 * Joins Services and slices to service ports. What did not change since the last time is taken from there: the
 * cost of a change is that of walking over all Services, not of reading them again.
 */
export class Composer {
  readonly #made = new WeakMap<Service, Composed>()
  #owners: Owners = new Map()

  /** The order of `services` and `slices` does not matter; the snapshot's is that of names. */
  compose(services: Iterable<Service>, slices: Iterable<EndpointSlice>): Composition {
    const sorted = byText(services, keyOf)
    const owners = ownersOf(sorted)
    if (!equalOwners(this.#owners, owners)) this.#owners = owners
    const grouped = byService(slices)
    const composed = sorted.map(service => this.#one(service, grouped.get(keyOf(service)) ?? []))
    const { servicePorts, skips } = settle(composed)
    return {
      snapshot: { ...emptySnapshot, servicePorts },
      skips: [...composed.flatMap(each => each.skips), ...skips],
    }
  }

  #one(service: Service, slices: readonly EndpointSlice[]): Composed {
    const made = this.#made.get(service)
    if (made?.owners === this.#owners && equalSlices(made.slices, slices)) return made
    const composed = compose(service, slices, this.#owners)
    this.#made.set(service, composed)
    return composed
  }
}
