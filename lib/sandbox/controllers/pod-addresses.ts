import { type IpAddress, ipAddress } from '../../model/ip-address.js'

const blocks = /^(\d+\.\d+\.\d+)\.0\/24$/

/** Hands out the addresses of Nodes' pods, 253 a Node. One that was given back rests until the others had their turn. */
export class PodAddresses {
  readonly #taken = new Set<IpAddress>()
  readonly #last = new Map<string, number>()

  /** The next free address of `podCidr`, a /24. Throws RangeError when it is none, or has no address left. */
  take(podCidr: string): IpAddress {
    const network = blocks.exec(podCidr)?.[1]
    if (network === undefined)
      throw new RangeError(`a podCIDR in the sandbox is like 10.244.1.0/24, not '${podCidr}'`)
    const last = this.#last.get(network) ?? 1
    // .1 is the bridge's, on the first Node.
    for (let step = 0; step < 253; step += 1) {
      const host = 2 + ((last - 1 + step) % 253)
      const address = ipAddress(`${network}.${host}`)
      if (this.#taken.has(address)) continue
      this.#taken.add(address)
      this.#last.set(network, host)
      return address
    }
    throw new RangeError(`all addresses of ${podCidr} are taken`)
  }

  release(address: IpAddress): void {
    this.#taken.delete(address)
  }
}
