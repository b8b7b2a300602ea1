import { addressBytes } from '../model/address-bytes.js'
import { type Cidr, cidrText } from '../model/cidr.js'
import { type IpAddress, ipAddress } from '../model/ip-address.js'
import type { Port } from '../model/port.js'
import type { Portal } from '../model/portal.js'
import type { Protocol } from '../model/service-port.js'
import type { Rule } from './rule.js'

/**
 * Where packets for a portal go, in hexadecimal digits: the address (a node port has none), the protocol and the port. The
 * first digits of it are what many portals share, and what a rule can tell them from others by.
 */
export type Place = string

const protocols: readonly Protocol[] = ['TCP', 'UDP', 'SCTP']
const portDigits = 4

const hex = (address: IpAddress): string => addressBytes(address).toString('hex')

/** The place of a port of this machine, whatever the address. */
export const portPlace = (port: Port, protocol: Protocol): Place =>
  `${protocols.indexOf(protocol)}${port.toString(16).padStart(portDigits, '0')}`

export const placeOf = (portal: Portal, protocol: Protocol): Place =>
  (portal.kind === 'node-port' ? '' : hex(portal.address)) + portPlace(portal.port, protocol)

/** What the addresses of the range begin with, in whole digits. */
export const rangePlace = ({ address, bits }: Cidr): Place => hex(address).slice(0, Math.floor(bits / 4))

const addressOf = (digits: string): IpAddress =>
  ipAddress(
    digits.length === 8 ? Buffer.from(digits, 'hex').join('.') : (digits.match(/.{4}/g) ?? []).join(':'),
  )

const portsFrom = (digits: string, name: string): Rule => {
  const [first, last] = [digits.padEnd(portDigits, '0'), digits.padEnd(portDigits, 'f')]
  const [from, to] = [first, last].map(port => parseInt(port, 16))
  // As iptables-save has it: 80, not 80:80.
  return ` -m ${name} --dport ${from === to ? from : `${from}:${to}`}`
}

/** The part of a rule that matches all places which begin with `digits`; in each, the address takes `addressDigits`. */
export const matching = (digits: Place, addressDigits: number): Rule => {
  const address = digits.slice(0, addressDigits)
  const range: Cidr | undefined =
    addressDigits === 0
      ? undefined
      : { address: addressOf(address.padEnd(addressDigits, '0')), bits: address.length * 4 }
  const there = range ? [`-d ${cidrText(range)}`] : []
  const protocol = protocols[Number(digits[addressDigits])]?.toLowerCase()
  if (digits.length <= addressDigits || protocol === undefined) return there.join(' ')
  const ports = digits.slice(addressDigits + 1)
  return [...there, `-p ${protocol}${ports === '' ? '' : portsFrom(ports, protocol)}`].join(' ')
}
