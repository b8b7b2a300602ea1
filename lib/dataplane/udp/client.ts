import type { RemoteInfo } from 'node:dgram'
import { ipAddress, type IpAddress } from '../../model/ip-address.js'
import { port, type Port } from '../../model/port.js'
import type { Outlet } from './outlet.js'

/** Who sends datagrams to a service port: a socket of somebody's. */
export interface Client {
  readonly address: IpAddress
  readonly port: Port
  /** Where an answer has to be sent: the address may have a zone (`fe80::1%eth0`). */
  readonly host: string
  /** The socket that the client asked, and so the only one that may answer. */
  readonly asked: Outlet
  /** How often what it sends has come back to us. */
  readonly returns: number
}

/** Where a datagram came from. */
export type Origin = Pick<RemoteInfo, 'address' | 'port'>

/** Who is at this address and port. */
export const clientAt = (from: Origin): Pick<Client, 'address' | 'port' | 'host'> => ({
  address: addressAt(from),
  port: port(from.port),
  host: from.address,
})

/** Reads an address as Node gives it. */
export const addressAt = ({ address }: Origin): IpAddress => ipAddress(address.replace(/%.*/, ''))
