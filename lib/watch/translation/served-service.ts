import type { HealthCheck } from '../../model/health-check.js'
import type { ServicePort } from '../../model/service-port.js'
import { type Candidate, candidatesFor } from './candidates.js'
import type { EndpointSlice } from './endpoint-slice.js'
import type { ForbiddenEndpoints } from './forbidden-endpoints.js'
import { healthChecksOf } from './health.js'
import type { Node } from './node.js'
import type { PortClass, PortClasses } from './port-class.js'
import type { Service } from './service.js'
import { select } from './selection.js'
import type { Skip } from './skip.js'

/** All that goes into a Service that is served. */
export interface Ingredients {
  readonly service: Service
  readonly settlement: PortClasses
  readonly slices: readonly EndpointSlice[]
  readonly forbidden: ForbiddenEndpoints
  readonly node: Node | undefined
}

/** What becomes of a Service. */
export interface ServedService {
  readonly servicePorts: readonly ServicePort[]
  /** How many endpoints each of these has, ready or not. */
  readonly known: readonly number[]
  readonly healthChecks: readonly HealthCheck[]
  readonly skips: readonly Skip[]
}

/** Joins a Service that has its portals with its slices. */
export const serve = ({ service, settlement, slices, forbidden, node }: Ingredients): ServedService => {
  if (!service.exposure) return { servicePorts: [], known: [], healthChecks: [], skips: service.skips }
  const found = new Map<string, readonly Candidate[]>()
  const candidates = ({ port, family }: PortClass): readonly Candidate[] => {
    const key = `${port.name}/${port.protocol}/${family}`
    const all = found.get(key) ?? candidatesFor({ ...port, family }, slices, forbidden)
    found.set(key, all)
    return all
  }
  return {
    servicePorts: settlement.classes.map((portClass): ServicePort => {
      const { id, name, family, policy, portals, port } = portClass
      const { endpoints, othersServe } = select(policy, candidates(portClass), node)
      const { affinity, terms } = service
      // Without spreads: with them, V8 makes a shape for each of thousands.
      return {
        id,
        name,
        family,
        policy,
        portals,
        endpoints,
        othersServe,
        affinity,
        terms: terms[port.protocol],
      }
    }),
    known: settlement.classes.map(portClass => candidates(portClass).length),
    healthChecks: healthChecksOf(service, slices, node),
    skips: [
      ...service.skips,
      ...settlement.skips,
      ...slices.flatMap(slice => [...slice.skips, ...forbidden.skips(slice)]),
    ],
  }
}
