import { addressBytes } from '../../../lib/model/address-bytes.js'
import { familyOf, ipAddress } from '../../../lib/model/ip-address.js'

/** Addresses by the whole names that they have, in lower case. */
export type Names = Readonly<Record<string, readonly string[]>>

const headerLength = 12
const types = { IPv4: 1, IPv6: 28 } as const

/** The name that a question begins with, and where it ends. */
const nameIn = (query: Buffer): { readonly name: string; readonly end: number } => {
  const labels: string[] = []
  let at = headerLength
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 }
}

/** An answer of 5 s to the question at the beginning of the message. */
const record = (type: number, bytes: Uint8Array): Buffer => {
  const head = Buffer.from([0xc0, headerLength, 0, type, 0, 1, 0, 0, 0, 5, 0, bytes.length])
  return Buffer.concat([head, bytes])
}

/** What a DNS server that knows `names` answers to a query of one question (RFC 1035). Throws RangeError on nonsense. */
export const answerTo = (query: Buffer, names: Names): Buffer => {
  const { name, end } = nameIn(query)
  const type = query.readUInt16BE(end)
  const addresses = (names[name] ?? []).map(ipAddress)
  const answers = addresses
    .filter(address => types[familyOf(address)] === type)
    .map(address => record(type, addressBytes(address)))
  const header = Buffer.alloc(headerLength)
  query.copy(header, 0, 0, 2)
  // An answer of who should know, to a question that may have asked for recursion; or that there is no such name.
  header.writeUInt16BE(0x8580 | (names[name] ? 0 : 3), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(answers.length, 6)
  return Buffer.concat([header, query.subarray(headerLength, end + 4), ...answers])
}
