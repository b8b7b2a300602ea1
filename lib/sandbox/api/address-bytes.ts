import { type IpAddress } from '../../model/ip-address.js'

/** The eight groups of an IPv6 address. */
const groups = (address: string): readonly number[] => {
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map(group => parseInt(group, 16))
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
