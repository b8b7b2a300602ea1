import { isIPv4, isIPv6, SocketAddress } from 'node:net'
import { type Brand, branded } from './brand.js'

/** An IPv4 or IPv6 address in its one canonical spelling, so that equal addresses are equal strings. */
export type IpAddress = Brand<string, 'IpAddress'>

export type Family = 'IPv4' | 'IPv6'

const v4Mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/

/**
 * Reads an address. An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is read as the IPv4 address it is.
 * Throws RangeError on anything else, zone ids (`fe80::1%eth0`) included.
 */
export const ipAddress = (text: string): IpAddress => {
  if (isIPv4(text)) return branded(text)
  if (!isIPv6(text) || text.includes('%')) throw new RangeError(`not an IP address: ${JSON.stringify(text)}`)
  const canonical = new SocketAddress({ address: text, family: 'ipv6' }).address
  return branded(v4Mapped.exec(canonical)?.[1] ?? canonical)
}

/** What a socket is bound to that may have any address of the family. */
export const anyAddress: Readonly<Record<Family, IpAddress>> = {
  IPv4: branded('0.0.0.0'),
  IPv6: branded('::'),
}

export const familyOf = (address: IpAddress): Family => (address.includes(':') ? 'IPv6' : 'IPv4')

/** The address that stands for any of the family of `address`. */
export const anyAddressLike = (address: IpAddress): IpAddress => anyAddress[familyOf(address)]

/** Those of which there is an address, IPv4 first. */
export const familiesAmong = (addresses: readonly IpAddress[]): readonly Family[] =>
  (['IPv4', 'IPv6'] as const).filter(family => addresses.some(each => familyOf(each) === family))

/** Whether only this machine itself can come there. */
export const isLoopback = (address: IpAddress): boolean => address.startsWith('127.') || address === '::1'
