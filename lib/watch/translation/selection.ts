import { type Endpoint, endpointText } from '../../model/endpoint.js'
import { familyOf, type IpAddress } from '../../model/ip-address.js'
import type { EndpointSlice, SliceEndpoint, SlicePort } from './endpoint-slice.js'

/** What tells a port of a Service from its others, and so which of a slice's ports belong to it. */
type PortName = Pick<SlicePort, 'name' | 'protocol'>

/** An endpoint and the state it is in. */
type Candidate = Endpoint & Pick<SliceEndpoint, 'ready' | 'serving' | 'terminating'>

/** One that is not terminating wins. */
const rank = ({ terminating, ready, serving }: Candidate): number =>
  (terminating ? 0 : 4) + (ready ? 2 : 0) + (serving ? 1 : 0)

const candidates = (wanted: PortName, slices: readonly EndpointSlice[]): readonly Candidate[] => {
  const found = new Map<string, Candidate>()
  for (const slice of slices)
    for (const { name, protocol, port } of slice.ports) {
      if (name !== wanted.name || protocol !== wanted.protocol) continue
      for (const { address, ready, serving, terminating } of slice.endpoints) {
        if (familyOf(address) !== 'IPv4') continue
        const candidate = { address, port, ready, serving, terminating }
        const key = endpointText(candidate)
        const former = found.get(key)
        // While a pod moves from one slice to another, it is in both.
        if (!former || rank(candidate) > rank(former)) found.set(key, candidate)
      }
    }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, candidate]) => candidate)
}

/**
 * Who serves new clients of the port called so: the ready ones, or, when there is none, those that
 * still serve while they terminate. Sorted, and each once. None of them is one of `never`.
 */
export const selectEndpoints = (
  wanted: PortName,
  slices: readonly EndpointSlice[],
  never: { has(address: IpAddress): boolean },
): readonly Endpoint[] => {
  const all = candidates(wanted, slices).filter(({ address }) => !never.has(address))
  const ready = all.filter(each => each.ready)
  const chosen = ready.length > 0 ? ready : all.filter(each => each.serving && each.terminating)
  return chosen.map(({ address, port }) => ({ address, port }))
}
