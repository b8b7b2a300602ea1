import { type Endpoint, endpointText } from '../../model/endpoint.js'
import type { Protocol } from '../../model/service-port.js'

/** What tells an address and port for one protocol from all others. */
export const portalKey = (at: Endpoint, protocol: Protocol): string => `${endpointText(at)}/${protocol}`
