import { type IpAddress, ipAddress } from '../../model/ip-address.js'

const blocks = /^(\d+\.\d+\.\d+)\.0\/24$/
const longBlocks = /^([0-9a-f:]+)::\/64$/

/** What makes the address of a pod out of its number. */
const addressIn = (podCidr: string): ((number: number) => IpAddress) => {
  const [, network] = blocks.exec(podCidr) ?? []
  if (network !== undefined) return number => ipAddress(`${network}.${number}`)
  const [, prefix] = longBlocks.exec(podCidr) ?? []
  if (prefix !== undefined) return number => ipAddress(`${prefix}::${number.toString(16)}`)
  throw new RangeError(
    `a podCIDR in the sandbox is like 10.244.1.0/24 or fd00:10:244:1::/64, not '${podCidr}'`,
  )
}

/** Hands out the addresses of Nodes' pods, 253 a Node. One that was given back rests until the others had their turn. */
export class PodAddresses {
  readonly #taken = new Set<IpAddress>()
  readonly #last = new Map<string, number>()

  /** The next free address of each range, a /24 or a /64. Throws RangeError when one is none, or has no address left. */
  take(podCidrs: readonly string[]): readonly IpAddress[] {
    const numbered = podCidrs.map(addressIn)
    const key = podCidrs.join()
    const last = this.#last.get(key) ?? 1
    // Number 1 is the bridge's, on the first Node.
    for (let step = 0; step < 253; step += 1) {
      const number = 2 + ((last - 1 + step) % 253)
      const addresses = numbered.map(address => address(number))
      if (addresses.some(address => this.#taken.has(address))) continue
      for (const address of addresses) this.#taken.add(address)
      this.#last.set(key, number)
      return addresses
    }
    throw new RangeError(`all addresses of ${podCidrs.join(' or ')} are taken`)
  }

  release(addresses: readonly IpAddress[]): void {
    for (const address of addresses) this.#taken.delete(address)
  }
}
