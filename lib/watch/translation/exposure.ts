import type { Cidr } from '../../model/cidr.js'
import type { Port } from '../../model/port.js'
import type { TrafficPolicy } from '../../model/service-port.js'
import { field } from '../raw.js'
import { type ExternalAddress, readExternalAddresses } from './external-addresses.js'
import { portIn, type ProxiedPort, readServicePorts } from './service-ports.js'
import type { Skip } from './skip.js'
import { readSourceRanges } from './source-ranges.js'

/** Where clients are to meet a Service, beside its cluster IPs, and whose endpoints are to serve them. */
export interface Exposure {
  readonly ports: readonly ProxiedPort[]
  readonly external: readonly ExternalAddress[]
  /** Where clients of load-balancer IPs may come from. Absent: from anywhere. */
  readonly sources?: readonly Cidr[]
  /** For clients of cluster IPs. */
  readonly internalPolicy: TrafficPolicy
  /** For clients of all other portals. */
  readonly externalPolicy: TrafficPolicy
  /** Where load balancers ask whether this node has endpoints. */
  readonly healthCheckPort?: Port
}

const policyIn = (value: unknown): TrafficPolicy => (value === 'Local' ? 'Local' : 'Cluster')

/** Reads where the Service that events call `what` is to be met. */
export const readExposure = (
  what: string,
  object: unknown,
): { readonly exposure: Exposure; readonly skips: readonly Skip[] } => {
  const { ports, skips } = readServicePorts(what, object)
  const external = readExternalAddresses(what, object)
  const sources = readSourceRanges(what, object)
  const externalPolicy = policyIn(field(object, 'spec', 'externalTrafficPolicy'))
  const asked = externalPolicy === 'Local' && field(object, 'spec', 'type') === 'LoadBalancer'
  const healthCheckPort = asked ? portIn(field(object, 'spec', 'healthCheckNodePort')) : undefined
  return {
    exposure: {
      ports,
      externalPolicy,
      external: external.addresses,
      internalPolicy: policyIn(field(object, 'spec', 'internalTrafficPolicy')),
      ...(sources.ranges && { sources: sources.ranges }),
      ...(healthCheckPort !== undefined && { healthCheckPort }),
    },
    skips: [...skips, ...external.skips, ...sources.skips],
  }
}
