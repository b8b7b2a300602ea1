import type { Cidr } from './cidr.js'
import { endpointText } from './endpoint.js'
import type { IpAddress } from './ip-address.js'
import type { Port } from './port.js'

/** Whom a portal is for. Insiders are this node's own pods and the node itself. */
export type Clients = 'everybody' | 'insiders' | 'outsiders'

/** Where clients meet a service port. */
export type Portal =
  | { readonly kind: 'cluster-ip'; readonly address: IpAddress; readonly port: Port }
  | {
      readonly kind: 'external-ip'
      readonly address: IpAddress
      readonly port: Port
      readonly clients: Clients
    }
  | {
      readonly kind: 'load-balancer'
      readonly address: IpAddress
      readonly port: Port
      readonly clients: Clients
      /** Where clients may come from. Absent: from anywhere. The rest is dropped. */
      readonly sources?: readonly Cidr[]
    }
  /** At this node's own addresses, as far as `--nodeport-addresses` has them. */
  | { readonly kind: 'node-port'; readonly port: Port; readonly clients: Clients }

/**
 * What a portal does with a new client. `refuse`: says that nobody is there, as a closed port does; `drop`: says nothing, so
 * that a load balancer that is wrong about this node tries another.
 */
export type Verdict = 'serve' | 'refuse' | 'drop'

/** Whom the portal is for: a cluster IP is for everybody. */
export const clientsOf = (portal: Portal): Clients =>
  portal.kind === 'cluster-ip' ? 'everybody' : portal.clients

/** The portal as people write it, and as a key: `10.96.0.10:80`, `[fd00::1]:80`, `*:30080`. */
export const portalText = (portal: Portal): string =>
  portal.kind === 'node-port' ? `*:${portal.port}` : endpointText(portal)
