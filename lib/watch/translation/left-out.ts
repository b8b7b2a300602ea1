import type { ClusterEndpoint } from '../../model/cluster-service.js'
import { endpointText } from '../../model/endpoint.js'
import type { TrafficPolicy } from '../../model/service-port.js'
import type { Candidate } from './candidates.js'
import type { Node } from './node.js'
import { select } from './selection.js'

const why = (policy: TrafficPolicy, { state }: Candidate, node: Node | undefined): string => {
  const { ready, terminating } = state
  if (policy === 'Local' && state.node !== node?.name)
    return `it is on ${state.node ?? 'no Node'}, and the policy is Local`
  if (!ready) return terminating ? 'it is terminating' : 'it is not ready'
  const places = [...state.forNodes, ...state.forZones]
  return places.length === 0 ? 'it is not chosen' : `topology hints keep it for ${places.join(', ')}`
}

/** All that a service port has, in their order, each with why it is not chosen by `select`, if it is not. */
export const explained = (
  policy: TrafficPolicy,
  candidates: readonly Candidate[],
  node: Node | undefined,
): readonly ClusterEndpoint[] => {
  const chosen = new Set(select(policy, candidates, node).endpoints.map(endpointText))
  return candidates.map(candidate => {
    const { address, port } = candidate
    const serves = chosen.has(endpointText(candidate))
    return { address, port, leftOut: serves ? undefined : why(policy, candidate, node) }
  })
}
