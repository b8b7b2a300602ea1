import type { HealthCheck } from '../../model/health-check.js'
import { type Family, familyOf } from '../../model/ip-address.js'
import type { EndpointSlice } from './endpoint-slice.js'
import type { Node } from './node.js'
import type { Service } from './service.js'

const readyHere = (family: Family, slices: readonly EndpointSlice[], node: Node): number =>
  new Set(
    slices.flatMap(({ ports, endpoints }) =>
      ports.length === 0
        ? []
        : endpoints
            .filter(each => each.ready && each.node === node.name && familyOf(each.address) === family)
            .map(({ address }) => address),
    ),
  ).size

/**
 * What load balancers are to be told about a Service; none where they are not to ask. As kube-proxy counts: addresses, whatever
 * their ports, that are ready, not those that only still serve; each family by itself, so that a pod with two addresses is one.
 */
export const healthChecksOf = (
  { namespace, name, exposure }: Service,
  slices: readonly EndpointSlice[],
  node: Node | undefined,
): readonly HealthCheck[] =>
  node && exposure?.healthCheckPort !== undefined
    ? [
        {
          ...{ namespace, service: name, port: exposure.healthCheckPort },
          localEndpoints: Math.max(readyHere('IPv4', slices, node), readyHere('IPv6', slices, node)),
        },
      ]
    : []
