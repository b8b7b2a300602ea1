import type { Port } from '../model/port.js'
import type { Snapshot } from '../model/snapshot.js'

/** The node ports, and where load balancers ask. */
export const portsOfTheNode = ({ servicePorts, healthChecks }: Snapshot): readonly Port[] => [
  ...healthChecks.map(({ port }) => port),
  ...servicePorts.flatMap(({ portals }) =>
    portals.flatMap(portal => (portal.kind === 'node-port' ? [portal.port] : [])),
  ),
]
