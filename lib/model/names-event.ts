import type { IpAddress } from './ip-address.js'

/** What programs of this machine are told of Services' names. */
export type NamesEvent =
  | {
      readonly type: 'names-written'
      readonly path: string
      /** Addresses that have names now. */
      readonly names: number
    }
  | {
      /** systemd-resolved asks the cluster's DNS Service for them. */
      readonly type: 'names-asked'
      readonly server: IpAddress
      readonly domain: string
      readonly link: string
    }
  | {
      /** They are not as they should be; it is tried again. Said once for as long as the reason stays. */
      readonly type: 'names-failed'
      /** The hosts file, or `systemd-resolved`. */
      readonly path: string
      readonly reason: string
    }
