import { BlockList } from 'node:net'
import { addressBytes } from '../../../model/address-bytes.js'
import { type Family, familyOf, type IpAddress, ipAddress } from '../../../model/ip-address.js'

/** A range of addresses. */
export interface Cidr {
  readonly text: string
  readonly family: Family
  readonly size: number
  has(address: IpAddress): boolean
  /** The address `offset` after the first one. */
  address(offset: number): IpAddress
}

const type = (family: Family): 'ipv4' | 'ipv6' => (family === 'IPv4' ? 'ipv4' : 'ipv6')

// Ranges of Services are small, so only the last 32 bits of an address move.
const largest = 2 ** 20

const shifted = (first: IpAddress, offset: number): IpAddress => {
  const bytes = addressBytes(first)
  const last = bytes.length - 4
  bytes.writeUInt32BE(bytes.readUInt32BE(last) + offset, last)
  const text = bytes.length === 4 ? bytes.join('.') : (bytes.toString('hex').match(/.{4}/g) ?? []).join(':')
  return ipAddress(text)
}

/** Reads `10.96.0.0/16`. Throws RangeError when that is no range. */
export const cidr = (text: string): Cidr => {
  const [network = '', bits = ''] = text.split('/')
  const first = ipAddress(network)
  const family = familyOf(first)
  const width = family === 'IPv4' ? 32 : 128
  if (!/^\d+$/.test(bits) || Number(bits) > width) throw new RangeError(`not a range of addresses: ${text}`)
  const list = new BlockList()
  list.addSubnet(first, Number(bits), type(family))
  return {
    text,
    family,
    size: Math.min(2 ** (width - Number(bits)), largest),
    has: address => familyOf(address) === family && list.check(address, type(family)),
    address: offset => shifted(first, offset),
  }
}
