import type { IpAddress } from './ip-address.js'
import type { Port } from './port.js'

/** Where something that serves a service port listens. */
export interface Endpoint {
  readonly address: IpAddress
  readonly port: Port
}

/** The endpoint as people write it, and as a key: equal endpoints have equal texts. */
export const endpointText = ({ address, port }: Endpoint): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
