import { type Cidr, cidr, cidrFamily, cidrHas } from './cidr.js'
import { type Family, familyOf, type IpAddress } from './ip-address.js'

/**
 * Which of this machine's addresses have node ports: those in a range, or the primary one of each family as the cluster knows
 * it. Empty: all of them; and of a family that nothing here names, all too, as kube-proxy has it.
 */
export type NodePortAddresses = readonly (Cidr | 'primary')[]

const named: Readonly<Record<string, NodePortAddresses>> = {
  primary: ['primary'],
  localhost: [cidr('127.0.0.0/8'), cidr('::1/128')],
}

/** Reads `--nodeport-addresses`: `192.168.0.0/16,fd00::/8`, `primary`, `localhost`. Throws RangeError on anything else. */
export const nodePortAddresses = (text: string): NodePortAddresses =>
  text
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '')
    .flatMap(each => named[each] ?? [cidr(each)])

const families: readonly Family[] = ['IPv4', 'IPv6']

export interface Node {
  /** This machine's addresses. */
  readonly local: readonly IpAddress[]
  /** Those that the cluster knows, first the primary one of each family. */
  readonly known: readonly IpAddress[]
}

/** Which of the node's addresses have node ports; undefined when all have, those to come included. */
export const withNodePorts = (
  which: NodePortAddresses,
  { local, known }: Node,
): readonly IpAddress[] | undefined => {
  if (which.length === 0) return undefined
  const cidrs = which.filter(each => each !== 'primary')
  const byPrimary = cidrs.length < which.length
  return families.flatMap(family => {
    const ranges = cidrs.filter(range => cidrFamily(range) === family)
    const primary = byPrimary ? known.find(address => familyOf(address) === family) : undefined
    return local.filter(
      address =>
        familyOf(address) === family &&
        (address === primary ||
          ranges.some(range => cidrHas(range, address)) ||
          (ranges.length === 0 && !byPrimary)),
    )
  })
}
