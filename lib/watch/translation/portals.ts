import type { IpAddress } from '../../model/ip-address.js'
import type { Clients, Portal } from '../../model/portal.js'
import type { TrafficPolicy } from '../../model/service-port.js'
import type { ExternalAddress } from './external-addresses.js'
import type { Exposure } from './exposure.js'
import type { Node } from './node.js'
import type { ProxiedPort } from './service-ports.js'
import { sourcesFor } from './source-ranges.js'

/** One port of a Service in one family. */
export interface Spot {
  readonly port: ProxiedPort
  readonly clusterIp: IpAddress
  readonly external: readonly ExternalAddress[]
  readonly exposure: Exposure
  readonly node?: Node
}

const outside = (
  { port: { port, nodePort }, external, exposure, node }: Spot,
  clients: Clients,
): Portal[] => [
  ...external.map(({ kind, address }): Portal => {
    if (kind === 'external-ip') return { kind, address, port, clients }
    const sources = sourcesFor(address, exposure.sources, node?.addresses ?? [])
    return { kind, address, port, clients, ...(sources && { sources }) }
  }),
  ...(nodePort === undefined ? [] : [{ kind: 'node-port', port: nodePort, clients } as const]),
]

/**
 * Where the clients meet the port whose endpoints are chosen by `policy`. Under an external policy Local, those of this node
 * are no outsiders even at an external portal, and may use all endpoints. Without a Node everything is Cluster.
 */
export const portalsAt = (spot: Spot, policy: TrafficPolicy): readonly Portal[] => {
  const { clusterIp: address, port, exposure, node } = spot
  const internal = node ? exposure.internalPolicy : 'Cluster'
  const external = node ? exposure.externalPolicy : 'Cluster'
  const inside = internal === policy ? [{ kind: 'cluster-ip', address, port: port.port } as const] : []
  if (external === 'Local')
    return [...inside, ...outside(spot, policy === 'Local' ? 'outsiders' : 'insiders')]
  return policy === 'Cluster' ? [...inside, ...outside(spot, 'everybody')] : inside
}
