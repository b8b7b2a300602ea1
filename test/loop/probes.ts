import { endpointText } from '../../lib/model/endpoint.js'
import { type Family, familyOf, type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import { clientsOf, type Portal, portalText, type Verdict } from '../../lib/model/portal.js'
import { type ServicePort, type ServicePortId, verdictOf } from '../../lib/model/service-port.js'
import type { Snapshot } from '../../lib/model/snapshot.js'
import type { Packet } from './packet.js'

/** Those who may ask: one of each kind. */
type Asking = 'a pod' | 'the node' | 'an outsider'

const addresses: Readonly<Record<Asking, Readonly<Record<Family, IpAddress>>>> = {
  'a pod': { IPv4: ipAddress('10.244.0.99'), IPv6: ipAddress('fd00:244::99') },
  'the node': { IPv4: ipAddress('172.18.0.2'), IPv6: ipAddress('fd00:18::2') },
  'an outsider': { IPv4: ipAddress('192.0.2.99'), IPv6: ipAddress('2001:db8::99') },
}

const everybody: readonly Asking[] = ['a pod', 'the node', 'an outsider']

const askingAt = (portal: Portal): readonly Asking[] => {
  switch (clientsOf(portal)) {
    case 'everybody':
      return everybody
    case 'insiders':
      return ['a pod', 'the node']
    case 'outsiders':
      return ['an outsider']
  }
}

/** The machine's addresses that it always has. */
export const nodeAddresses: readonly IpAddress[] = Object.values(addresses['the node'])

/** A first packet of a client, and what is to become of it. */
export interface Probe {
  /** Who asks where: the same in all snapshots. */
  readonly question: string
  readonly packet: Packet
  readonly family: Family
  readonly servicePort: ServicePortId
  readonly verdict: Verdict
  /** Who may serve it. */
  readonly endpoints: ReadonlySet<string>
}

const probesOf = (servicePort: ServicePort, portal: Portal): readonly Probe[] => {
  const { id, name, family } = servicePort
  return askingAt(portal).map(asking => ({
    question: `${asking} at ${portalText(portal)} ${name.protocol} ${family}`,
    packet: {
      from: addresses[asking][family],
      to: portal.kind === 'node-port' ? addresses['the node'][family] : portal.address,
      protocol: name.protocol,
      port: portal.port,
      redirected: false,
    },
    ...{ family, servicePort: id, verdict: verdictOf(servicePort) },
    endpoints: new Set(servicePort.endpoints.map(endpointText)),
  }))
}

/** What clients of a snapshot may ask, by question. */
export const probesIn = ({ servicePorts }: Snapshot): ReadonlyMap<string, Probe> =>
  new Map(
    servicePorts.flatMap(servicePort =>
      servicePort.portals
        .flatMap(portal => probesOf(servicePort, portal))
        .map(probe => [probe.question, probe] as const),
    ),
  )

/** A client that comes to a local port directly. */
export const directly = (family: Family, protocol: string, port: number): Packet => ({
  ...{ from: addresses['an outsider'][family], to: addresses['the node'][family], protocol, port },
  redirected: false,
})

export const ownAmong = (all: readonly IpAddress[], family: Family): ReadonlySet<IpAddress> =>
  new Set(all.filter(each => familyOf(each) === family))
