import type { Endpoint } from '../model/endpoint.js'
import type { IpAddress } from '../model/ip-address.js'
import type { Protocol } from '../model/service-port.js'
import type { Holders } from './holders.js'
import type { LocalPorts } from './local-ports.js'

/** What tells a listener of ours from somebody else's. */
export interface Own {
  readonly protocol: Protocol
  readonly localPorts: Pick<LocalPorts, 'has'>
  readonly holders: Pick<Holders, 'has'>
  /** This machine's addresses. Asked only about an endpoint whose port is one of ours. */
  readonly addresses: () => readonly IpAddress[]
}

/**
 * Whether the endpoint is one of our own listeners. It must not be dialled: its client would be served by us once more,
 * and so on in a circle.
 */
export const isOurs = (endpoint: Endpoint, own: Own): boolean => {
  const { protocol, localPorts, holders, addresses } = own
  return localPorts.has(endpoint.port, protocol) || holders.has(endpoint, protocol)
    ? addresses().includes(endpoint.address)
    : false
}
