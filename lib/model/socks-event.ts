import type { Endpoint } from './endpoint.js'
import type { IpAddress } from './ip-address.js'
import type { Port } from './port.js'

/** What happens where clients say in words which Service they want. */
export type SocksEvent =
  | {
      readonly type: 'socks-port'
      readonly place: Endpoint
      /** The one that was to be, which somebody else has. Absent: it is that one. */
      readonly insteadOf?: Port
    }
  | {
      /** The port may have stopped working. */
      readonly type: 'socks-failed'
      readonly place: Endpoint
      readonly reason: string
    }
  | {
      /** A client gets nothing, and was told so. */
      readonly type: 'socks-refused'
      readonly client: IpAddress
      /** Whom it wanted; absent: it did not say. */
      readonly sought?: string
      readonly reason: string
    }
