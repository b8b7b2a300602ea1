import { addressBytes } from './address-bytes.js'
import { type Family, familyOf, type IpAddress, ipAddress } from './ip-address.js'

/** A range of addresses: those whose first `bits` bits are those of `address`. */
export interface Cidr {
  /** The first one: all bits after `bits` are 0. Equal ranges have equal addresses. */
  readonly address: IpAddress
  /** 0 to 32, or 128. */
  readonly bits: number
}

const sizes: Readonly<Record<Family, number>> = { IPv4: 32, IPv6: 128 }

const textOf = (bytes: Buffer): IpAddress =>
  ipAddress(
    bytes.length === 4
      ? bytes.join('.')
      : Array.from({ length: 8 }, (_, group) => bytes.readUInt16BE(group * 2).toString(16)).join(':'),
  )

/** The first `bits` bits of `address`, and the rest 0. */
const masked = (address: IpAddress, bits: number): IpAddress => {
  const bytes = addressBytes(address)
  for (const [index, byte] of bytes.entries()) {
    const kept = Math.min(8, Math.max(0, bits - index * 8))
    bytes[index] = byte & (0xff00 >> kept)
  }
  return textOf(bytes)
}

/** The range of all addresses that begin with the same `bits` bits as `address`. */
export const cidrAround = (address: IpAddress, bits: number): Cidr => ({
  address: masked(address, bits),
  bits,
})

/**
 * Reads `10.244.0.0/16` or `fd00::/8`; bits after the prefix are ignored, as kube-proxy does. Throws RangeError on anything
 * else, an address without a prefix included.
 */
export const cidr = (text: string): Cidr => {
  const [, start = '', size = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text.trim()) ?? []
  if (start === '')
    throw new RangeError(`a range of addresses is written like 10.0.0.0/8, not ${JSON.stringify(text)}`)
  const address = ipAddress(start)
  const bits = Number(size)
  if (bits > sizes[familyOf(address)])
    throw new RangeError(`an ${familyOf(address)} prefix has no ${bits} bits`)
  return cidrAround(address, bits)
}

/** The range as people and iptables write it, and as a key. */
export const cidrText = ({ address, bits }: Cidr): string => `${address}/${bits}`

export const cidrFamily = ({ address }: Cidr): Family => familyOf(address)

/** The one address, as a range. */
export const cidrOf = (address: IpAddress): Cidr => ({ address, bits: sizes[familyOf(address)] })

export const isOneAddress = (range: Cidr): boolean => range.bits === sizes[cidrFamily(range)]

export const cidrHas = (range: Cidr, address: IpAddress): boolean =>
  cidrFamily(range) === familyOf(address) && masked(address, range.bits) === range.address

/** What is in both ranges: the smaller one, or nothing. */
export const intersection = (one: Cidr, other: Cidr): Cidr | undefined => {
  const [larger, smaller] = one.bits <= other.bits ? [one, other] : [other, one]
  return cidrHas(larger, smaller.address) ? smaller : undefined
}
