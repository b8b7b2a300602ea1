import type { IpAddress } from './ip-address.js'

/** Two groups that are written as an IPv4 address: `::192.0.2.1`. */
const pair = (dotted: string): number[] => {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}

/** The eight groups of an IPv6 address. */
const groups = (address: string): readonly number[] => {
  const read = (part: string): number[] =>
    part === ''
      ? []
      : part.split(':').flatMap(group => (group.includes('.') ? pair(group) : [parseInt(group, 16)]))
  const [head = '', tail] = address.split('::')
  if (tail === undefined) return read(head)
  const [before, after] = [read(head), read(tail)]
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}

/** The address as it goes over the wire: 4 bytes, or 16. */
export const addressBytes = (address: IpAddress): Buffer =>
  Buffer.from(
    address.includes(':')
      ? groups(address).flatMap(group => [group >> 8, group & 0xff])
      : address.split('.').map(Number),
  )
