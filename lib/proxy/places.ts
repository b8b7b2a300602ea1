import type { Endpoint } from '../model/endpoint.js'
import { anyAddress, familyOf, type IpAddress } from '../model/ip-address.js'
import { withNodePorts, type NodePortAddresses } from '../model/node-port-addresses.js'
import { clientsOf, type Portal } from '../model/portal.js'
import type { ServicePort } from '../model/service-port.js'
import type { Snapshot } from '../model/snapshot.js'

/** Where a portal is to be listened on itself, beside the local port that its packets are redirected to. */
export type Places = (portal: Portal, servicePort: ServicePort, snapshot: Snapshot) => readonly Endpoint[]

export interface PlacesOptions {
  /** This machine's addresses. */
  readonly addresses: () => readonly IpAddress[]
  readonly nodePortAddresses: NodePortAddresses
}

/**
 * The places that another program of this machine could have: there a portal is held by listening, so that nobody else can take
 * its port; and where somebody already has, it is left alone.
 */
export const heldPlaces = ({ addresses, nodePortAddresses }: PlacesOptions): Places => {
  const ofNodePorts = ({ family, name }: ServicePort, { nodeAddresses }: Snapshot): readonly IpAddress[] => {
    const local = addresses()
    const chosen = withNodePorts(nodePortAddresses, { local, known: nodeAddresses })
    // With one socket for all addresses, the answers of UDP would come from the wrong one.
    if (chosen === undefined && name.protocol === 'TCP') return [anyAddress[family]]
    return (chosen ?? local).filter(address => familyOf(address) === family)
  }
  return (portal, servicePort, snapshot) => {
    // Insiders are redirected past it, to where they are served; who listens there are the outsiders.
    if (clientsOf(portal) === 'insiders') return []
    switch (portal.kind) {
      case 'cluster-ip':
        return []
      case 'external-ip':
      case 'load-balancer':
        return addresses().includes(portal.address) ? [portal] : []
      case 'node-port':
        return ofNodePorts(servicePort, snapshot).map(address => ({ address, port: portal.port }))
    }
  }
}

/** Clients come to the local ports themselves, and to nothing else. */
export const noPlaces: Places = () => []
