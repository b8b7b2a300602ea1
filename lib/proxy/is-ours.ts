import type { Endpoint } from '../model/endpoint.js'
import type { IpAddress } from '../model/ip-address.js'
import type { LocalPorts } from './local-ports.js'

/** What tells a listener of ours from somebody else's. */
export interface Own {
  readonly localPorts: Pick<LocalPorts, 'has'>
  /** This machine's addresses. Asked only about an endpoint whose port is one of ours. */
  readonly addresses: () => readonly IpAddress[]
}

/**
 * Whether the endpoint is one of our own listeners. It must not be dialled: its client would be served by us once more,
 * and so on in a circle.
 */
export const isOurs = ({ address, port }: Endpoint, { localPorts, addresses }: Own): boolean =>
  localPorts.has(port) && addresses().includes(address)
