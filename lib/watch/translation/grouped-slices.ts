import type { EndpointSlice } from './endpoint-slice.js'

const none: readonly EndpointSlice[] = []

const byName = (one: EndpointSlice, other: EndpointSlice): number => (one.what < other.what ? -1 : 1)

const grouped = (slices: readonly EndpointSlice[]): Map<string, readonly EndpointSlice[]> => {
  const found = new Map<string, EndpointSlice[]>()
  for (const slice of slices) {
    if (slice.service === undefined) continue
    const others = found.get(slice.service)
    if (others) others.push(slice)
    else found.set(slice.service, [slice])
  }
  for (const several of found.values()) if (several.length > 1) several.sort(byName)
  return found
}

/** The slices of each Service, sorted. */
export class GroupedSlices {
  #all: readonly EndpointSlice[] = []
  #groups = new Map<string, readonly EndpointSlice[]>()

  /** Takes all the slices there are now, and says which Services' are others than before. */
  replace(slices: Iterable<EndpointSlice>): 'maybe all' | ReadonlySet<string> {
    const all = [...slices]
    const before = this.#all
    this.#all = all
    const changed = new Set<string>()
    let stay = all.length === before.length
    for (let at = 0; stay && at < all.length; at++) {
      const [former, slice] = [before[at], all[at]]
      if (former === slice || !former || !slice) continue
      stay = former.service === slice.service && former.what === slice.what
      if (slice.service !== undefined && stay) changed.add(this.#exchange(slice.service, former, slice))
    }
    if (stay) return changed
    this.#groups = grouped(all)
    return 'maybe all'
  }

  /** Those of the Service with this key. */
  of(service: string): readonly EndpointSlice[] {
    return this.#groups.get(service) ?? none
  }

  #exchange(service: string, former: EndpointSlice, slice: EndpointSlice): string {
    const others = this.of(service)
    this.#groups.set(
      service,
      others.map(each => (each === former ? slice : each)),
    )
    return service
  }
}
