import { flagIn, listIn, numberIn, objectIn, textIn, wordIn } from '../model/json.js'
import type { InstanceStatus, PortStatus, ServiceStatus, StatusLine } from './status.js'

const textsIn = (value: unknown): readonly string[] => listIn(value).map(textIn)

const labelsIn = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(objectIn(value)).map(([name, each]) => [name, textIn(each)]))

const absenceIn = (value: unknown): NonNullable<InstanceStatus['api']> => {
  const { lasts, reason } = objectIn(value)
  return { lasts: numberIn(lasts), reason: textIn(reason) }
}

const clusterIn = (value: unknown): NonNullable<InstanceStatus['cluster']> => {
  const { context, server } = objectIn(value)
  return { ...(context !== undefined && { context: textIn(context) }), server: textIn(server) }
}

const instanceIn = (line: Readonly<Record<string, unknown>>): InstanceStatus => ({
  kind: 'instance',
  version: textIn(line.version),
  process: numberIn(line.process),
  ...(line.cluster !== undefined && { cluster: clusterIn(line.cluster) }),
  capture: textIn(line.capture),
  node: textIn(line.node),
  ...(line.reach !== undefined && { reach: textIn(line.reach) }),
  ...(line.isNode !== undefined && { isNode: flagIn(line.isNode) }),
  readiness: textIn(line.readiness),
  uptime: numberIn(line.uptime),
  ...(line.synced !== undefined && { synced: numberIn(line.synced) }),
  ...(line.api !== undefined && { api: absenceIn(line.api) }),
  troubles: textsIn(line.troubles),
})

const endpointsIn = (value: unknown): PortStatus['endpoints'] => {
  const { ready, all, some, failing } = objectIn(value)
  return { ready: numberIn(ready), all: numberIn(all), some: textsIn(some), failing: textsIn(failing) }
}

const affinityIn = (value: unknown): NonNullable<PortStatus['affinity']> => {
  const { timeout, clients } = objectIn(value)
  return { timeout: numberIn(timeout), clients: numberIn(clients) }
}

const portIn = (value: unknown): PortStatus => {
  const port = objectIn(value)
  return {
    id: textIn(port.id),
    port: textIn(port.port),
    protocol: textIn(port.protocol),
    family: textIn(port.family),
    policy: textIn(port.policy),
    portals: textsIn(port.portals),
    ...(port.localPort !== undefined && { localPort: numberIn(port.localPort) }),
    endpoints: endpointsIn(port.endpoints),
    programmed: flagIn(port.programmed),
    healthy: flagIn(port.healthy),
    connections: numberIn(port.connections),
    flows: numberIn(port.flows),
    ...(port.affinity !== undefined && { affinity: affinityIn(port.affinity) }),
    unprogrammed: textsIn(port.unprogrammed),
    unhealthy: textsIn(port.unhealthy),
  }
}

const serviceIn = (line: Readonly<Record<string, unknown>>): ServiceStatus => ({
  kind: 'service',
  namespace: textIn(line.namespace),
  name: textIn(line.name),
  type: textIn(line.type),
  labels: labelsIn(line.labels),
  ports: listIn(line.ports).map(portIn),
  reasons: textsIn(line.reasons),
})

/** Reads a line of a status. Throws TypeError where it is none. */
export const statusLineIn = (value: unknown): StatusLine => {
  const line = objectIn(value)
  const kind = wordIn(line.kind, ['instance', 'service', 'gone', 'whole'])
  switch (kind) {
    case 'instance':
      return instanceIn(line)
    case 'service':
      return serviceIn(line)
    case 'gone':
      return { kind, namespace: textIn(line.namespace), name: textIn(line.name) }
    case 'whole':
      return { kind }
  }
}
