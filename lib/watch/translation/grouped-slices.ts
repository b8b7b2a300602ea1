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

  /** Takes all the slices there are now. */
  replace(slices: Iterable<EndpointSlice>): void {
    const all = [...slices]
    const before = this.#all
    this.#all = all
    const stay = all.length === before.length && all.every((slice, at) => slice.what === before[at]?.what)
    if (!stay) this.#groups = grouped(all)
    else
      for (const [at, slice] of all.entries()) {
        const former = before[at]
        if (former && former !== slice && !this.#exchange(former, slice)) {
          this.#groups = grouped(all)
          return
        }
      }
  }

  /** Those of the Service with this key. */
  of(service: string): readonly EndpointSlice[] {
    return this.#groups.get(service) ?? none
  }

  /** Puts a slice in the place of the same one as it was. False: that was elsewhere. */
  #exchange(former: EndpointSlice, slice: EndpointSlice): boolean {
    if (former.service !== slice.service) return false
    const { service } = slice
    if (service !== undefined)
      this.#groups.set(
        service,
        this.of(service).map(each => (each === former ? slice : each)),
      )
    return true
  }
}
