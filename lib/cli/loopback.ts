import { type Family, type IpAddress, ipAddress } from '../model/ip-address.js'

/** Where only programs of this machine come to. */
export const loopback: Readonly<Record<Family, IpAddress>> = {
  IPv4: ipAddress('127.0.0.1'),
  IPv6: ipAddress('::1'),
}
