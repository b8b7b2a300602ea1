import { byPlace, type Endpoint, isSameEndpoint } from '../../model/endpoint.js'
import { type Family, familyOf } from '../../model/ip-address.js'
import type { EndpointSlice, SliceEndpoint, SlicePort } from './endpoint-slice.js'
import type { ForbiddenEndpoints } from './forbidden-endpoints.js'

/** What tells a port of a Service from its others, and so which of a slice's ports belong to it. */
export interface PortWanted extends Pick<SlicePort, 'name' | 'protocol'> {
  readonly family: Family
}

/** An endpoint of a service port, and the state it is in. */
export interface Candidate extends Endpoint {
  readonly state: SliceEndpoint
}

/** One that is not terminating wins. */
const rank = ({ terminating, ready, serving }: SliceEndpoint): number =>
  (terminating ? 0 : 4) + (ready ? 2 : 0) + (serving ? 1 : 0)

/** By place; of those that are the same, the one that wins comes first. */
const inOrder = (one: Candidate, other: Candidate): number =>
  byPlace(one, other) || rank(other.state) - rank(one.state)

/** Who could serve the port called so. Sorted, and each once. A Service may have 10,000: so no text is made of each. */
export const candidatesFor = (
  wanted: PortWanted,
  slices: readonly EndpointSlice[],
  forbidden: ForbiddenEndpoints,
): readonly Candidate[] => {
  const found: Candidate[] = []
  for (const slice of slices) {
    const concerned = forbidden.concerns(slice)
    for (const { name, protocol, port } of slice.ports) {
      if (name !== wanted.name || protocol !== wanted.protocol) continue
      for (const state of slice.endpoints) {
        const candidate = { address: state.address, port, state }
        if (familyOf(state.address) !== wanted.family) continue
        if (concerned && forbidden.why(candidate, protocol) !== undefined) continue
        found.push(candidate)
      }
    }
  }
  found.sort(inOrder)
  // While a pod moves from one slice to another, it is in both.
  return found.filter((candidate, index) => !isSameEndpoint(candidate, found[index - 1]))
}
