import { ipAddress, type IpAddress } from '../model/ip-address.js'
import { type Port, port } from '../model/port.js'

/** An address and port: one end of a connection. */
export interface SocketName {
  readonly address: IpAddress
  readonly port: Port
}

/** Reads what Node says of a socket's end; undefined when it has none any more. A zone is left out. */
export const socketName = (
  address: string | undefined,
  number: number | undefined,
): SocketName | undefined =>
  address === undefined || number === undefined
    ? undefined
    : { address: ipAddress(address.replace(/%.*/, '')), port: port(number) }
