import { isDeepStrictEqual } from 'node:util'
import type { ApiObject } from '../api-object.js'
import { listAt, textAt } from '../json.js'

/** Endpoints that share a family and their ports. An empty group has one empty slice. */
export interface EndpointGroup {
  readonly addressType: 'IPv4' | 'IPv6'
  readonly ports: readonly unknown[]
  readonly endpoints: readonly unknown[]
}

/** What one slice is to hold; `slice` is the one that holds it already, or held something else. */
export interface PlannedSlice {
  readonly slice?: ApiObject
  readonly group: EndpointGroup
}

export interface SlicePlan {
  readonly keep: readonly PlannedSlice[]
  readonly remove: readonly ApiObject[]
}

/** As Kubernetes has it, by default. */
const most = 100

// The same pod at the same address is the same endpoint, whatever its conditions.
const identity = (endpoint: unknown): string =>
  JSON.stringify([listAt(endpoint, 'addresses'), textAt(endpoint, 'targetRef', 'uid')])

const holds = (slice: ApiObject, { addressType, ports }: EndpointGroup): boolean =>
  slice.addressType === addressType && isDeepStrictEqual(listAt(slice, 'ports'), ports)

/** Spreads a group over slices: an endpoint stays where it is, a new one goes where there is room. */
const spread = (group: EndpointGroup, slices: readonly ApiObject[]): PlannedSlice[] => {
  const [first] = slices
  if (group.endpoints.length === 0) return [first ? { slice: first, group } : { group }]
  const wanted = new Map(group.endpoints.map(endpoint => [identity(endpoint), endpoint]))
  const kept = slices.map(slice => ({
    slice,
    endpoints: listAt(slice, 'endpoints').flatMap(endpoint => {
      const current = wanted.get(identity(endpoint))
      wanted.delete(identity(endpoint))
      return current === undefined ? [] : [current]
    }),
  }))
  const rest = [...wanted.values()]
  const filled: PlannedSlice[] = kept
    .map(({ slice, endpoints }) => ({
      slice,
      endpoints: [...endpoints, ...rest.splice(0, most - endpoints.length)],
    }))
    .filter(({ endpoints }) => endpoints.length > 0)
    .map(({ slice, endpoints }) => ({ slice, group: { ...group, endpoints } }))
  while (rest.length > 0) filled.push({ group: { ...group, endpoints: rest.splice(0, most) } })
  return filled
}

/** Gives planned slices that are new the names of slices that are no longer needed. */
const recycle = (planned: readonly PlannedSlice[], unused: ApiObject[]): PlannedSlice[] =>
  planned.map(({ slice, group }) => {
    if (slice) return { slice, group }
    const place = unused.findIndex(other => other.addressType === group.addressType)
    const [other] = place < 0 ? [] : unused.splice(place, 1)
    return other ? { slice: other, group } : { group }
  })

/** How `groups` are to be held, with as few changes to the `existing` slices as possible; at most 100 endpoints each. */
export const planSlices = (existing: readonly ApiObject[], groups: readonly EndpointGroup[]): SlicePlan => {
  const planned = groups.flatMap(group =>
    spread(
      group,
      existing.filter(slice => holds(slice, group)),
    ),
  )
  const unused = existing.filter(slice => !planned.some(plan => plan.slice === slice))
  const keep = recycle(planned, unused)
  return { keep, remove: unused }
}
