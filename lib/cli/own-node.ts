import type { IpAddress } from '../model/ip-address.js'

interface Known {
  readonly name: string
  readonly addresses: readonly IpAddress[]
}

export interface OwnNodeSource {
  /** The one of our name. */
  readonly node: Known | undefined
  /** All that are followed. */
  readonly nodes: readonly Known[]
}

/** The Node that this machine is, by its name, or by an address that both have: then somebody gave it another name. */
export const ownNode = ({ node, nodes }: OwnNodeSource, addresses: readonly IpAddress[]): Known | undefined =>
  node ?? nodes.find(each => each.addresses.some(address => addresses.includes(address)))
