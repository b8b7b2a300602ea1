import { endpointText } from './endpoint.js'
import type { IpAddress } from './ip-address.js'
import type { Port } from './port.js'

/** Where clients meet a service port. */
export interface Portal {
  readonly kind: 'cluster-ip'
  readonly address: IpAddress
  readonly port: Port
}

/** What a portal does with a new client. */
export type Verdict = 'serve' | 'refuse'

/** The portal as people write it: `10.96.0.10:80`. */
export const portalText = (portal: Portal): string => endpointText(portal)
