import type { ClusterService } from '../model/cluster-service.js'
import { endpointText } from '../model/endpoint.js'
import type { Family } from '../model/ip-address.js'
import { portalText } from '../model/portal.js'
import type { PortView } from '../proxy/port-view.js'
import type { LiveView } from './live-view.js'
import type { PortStatus, ServiceStatus } from './status.js'

/** What is known of Services, from all sides. */
export interface Known {
  /** By their names; empty while the API server has not told. */
  readonly services: readonly ClusterService[]
  readonly ports: readonly PortView[]
  /** Why nothing can be brought up to date in a family. */
  readonly failures: ReadonlyMap<Family, string>
  readonly live: Pick<LiveView, 'connections' | 'flows' | 'failures'>
}

/** There may be 10,000; and those who want to see them all ask the API server. */
const mostEndpoints = 20

const whyUnprogrammed = (
  { servicePort, localPort, isInForce }: PortView,
  { failures, live }: Known,
): readonly string[] => {
  const { id, family, portals } = servicePort
  const failed = failures.get(family)
  const told = live.failures(id)
  if (told.length > 0) return told
  if (localPort === undefined) return [failed ?? 'it is new, and waits for the next sync']
  const missing = portals.filter(portal => !isInForce(portal)).map(portalText)
  return missing.length === 0 ? [] : [`${missing.join(', ')}: ${failed ?? 'it waits for the next sync'}`]
}

const whyUnhealthy = ({ servicePort, picker }: PortView, all: number): readonly string[] => {
  const { endpoints, othersServe } = servicePort
  if (endpoints.length === 0) {
    if (othersServe) return ['no endpoint on this node, which its policy Local asks for: clients are dropped']
    return [all === 0 ? 'no endpoints: clients are refused' : 'no endpoint is ready: clients are refused']
  }
  const failing = picker?.failing.length ?? 0
  return failing >= endpoints.length ? ['no endpoint answers'] : []
}

const portStatus = (view: PortView, all: number, known: Known): PortStatus => {
  const { servicePort, localPort, picker } = view
  const { id, name, family, policy, portals, endpoints, affinity } = servicePort
  const unprogrammed = whyUnprogrammed(view, known)
  const unhealthy = whyUnhealthy(view, all)
  return {
    ...{ id, port: name.port, protocol: name.protocol, family, policy, portals: portals.map(portalText) },
    ...(localPort !== undefined && { localPort }),
    endpoints: {
      ready: endpoints.length,
      all,
      some: endpoints.slice(0, mostEndpoints).map(endpointText),
      failing: (picker?.failing ?? []).slice(0, mostEndpoints).map(endpointText),
    },
    programmed: unprogrammed.length === 0,
    healthy: unhealthy.length === 0 && localPort !== undefined,
    connections: known.live.connections(id),
    flows: known.live.flows(id),
    ...(affinity.kind === 'client-ip' && {
      affinity: { timeout: affinity.timeout, clients: picker?.clients ?? 0 },
    }),
    ...{ unprogrammed, unhealthy },
  }
}

/** Those of a Service that the API server has not told of yet: it is served from before. */
const fromBefore = ({ name }: PortView['servicePort']): ClusterService => ({
  ...{ namespace: name.namespace, name: name.service, type: '', labels: {} },
  ...{ servicePorts: new Map(), reasons: [] },
})

const keyOf = ({ namespace, name }: Pick<ClusterService, 'namespace' | 'name'>): string =>
  `${namespace}/${name}`

/** Every Service, in the order of their names, one by one: there may be 10,000. */
export function* serviceStatuses(known: Known): Generator<ServiceStatus, void> {
  const ports = new Map<string, PortView[]>()
  const services = new Map(known.services.map(service => [keyOf(service), service]))
  for (const view of known.ports) {
    const service = fromBefore(view.servicePort)
    const key = keyOf(service)
    const others = ports.get(key)
    if (others) others.push(view)
    else ports.set(key, [view])
    // What the cluster has by now is not what is served until the next sync.
    if (!services.has(key)) services.set(key, service)
  }
  for (const [key, { namespace, name, type, labels, servicePorts, reasons }] of services) {
    const served = ports.get(key) ?? []
    yield {
      ...{ kind: 'service', namespace, name, type, labels, reasons },
      ports: served.map(view => {
        const { id, endpoints } = view.servicePort
        return portStatus(view, servicePorts.get(id) ?? endpoints.length, known)
      }),
    }
  }
}
