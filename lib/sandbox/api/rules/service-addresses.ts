import type { ApiObject } from '../../api-object.js'
import { familyOf, type Family, type IpAddress } from '../../../model/ip-address.js'
import type { Change } from '../store/history.js'
import { type Cidr, cidr } from './cidr.js'
import { listAt, numberAt, textsAt } from '../../json.js'

/** The node ports that the API gives out, both ends included. */
export const nodePorts = { first: 30_000, last: 32_767 } as const

const addressesOf = (service: ApiObject | undefined): readonly string[] =>
  textsAt(service, 'spec', 'clusterIPs').filter(text => text !== 'None')

const portsOf = (service: ApiObject | undefined): readonly number[] => {
  const ports = listAt(service, 'spec', 'ports').map(port => numberAt(port, 'nodePort') ?? 0)
  return [...ports, numberAt(service, 'spec', 'healthCheckNodePort') ?? 0].filter(port => port > 0)
}

/** Which cluster IPs and node ports are taken, and which are free. */
export class ServiceAddresses {
  readonly #cidrs: readonly Cidr[]
  readonly #random: () => number
  readonly #addresses = new Set<string>()
  readonly #ports = new Map<number, number>()

  constructor({ cidrs, random }: { readonly cidrs: readonly string[]; readonly random: () => number }) {
    this.#cidrs = cidrs.map(cidr)
    this.#random = random
  }

  /** The families that have cluster IPs, the default one first. */
  get families(): readonly Family[] {
    return this.#cidrs.map(({ family }) => family)
  }

  /** Gives back what a Service had and takes what it has now. */
  follow({ resource, type, object, previous }: Change): void {
    if (resource !== 'services') return
    const next = type === 'DELETED' ? undefined : object
    for (const address of addressesOf(previous)) this.#addresses.delete(address)
    for (const port of portsOf(previous)) this.#count(port, -1)
    for (const address of addressesOf(next)) this.#addresses.add(address)
    for (const port of portsOf(next)) this.#count(port, 1)
  }

  /** Why nobody can have this cluster IP, or undefined when it is free. */
  whyNoAddress(address: IpAddress): string | undefined {
    const range = this.#cidrs.find(({ family }) => family === familyOf(address))
    if (!range?.has(address))
      return (
        `failed to allocate IP ${address}: the provided IP (${address}) is not in the valid range. ` +
        `The range of valid IPs is ${range?.text ?? 'empty'}`
      )
    return this.#addresses.has(address)
      ? `failed to allocate IP ${address}: provided IP is already allocated`
      : undefined
  }

  /** Why nobody can have this node port, or undefined when it is free. */
  whyNoPort(port: number): string | undefined {
    if (port < nodePorts.first || port > nodePorts.last)
      return `provided port is not in the valid range. The range of valid ports is ${nodePorts.first}-${nodePorts.last}`
    return this.#ports.has(port) ? 'provided port is already allocated' : undefined
  }

  /** A free cluster IP, or undefined when all are taken. */
  freeAddress(family: Family): IpAddress | undefined {
    const range = this.#cidrs.find(candidate => candidate.family === family)
    // The first address names the network, and in IPv4 the last one is its broadcast address.
    return (
      range &&
      this.#pick(range.size - 2, offset => {
        const address = range.address(offset + 1)
        return this.#addresses.has(address) ? undefined : address
      })
    )
  }

  /** A free node port that is not among `besides`, or undefined when all are taken. */
  freePort(besides: ReadonlySet<number>): number | undefined {
    return this.#pick(nodePorts.last - nodePorts.first + 1, offset => {
      const port = nodePorts.first + offset
      return this.#ports.has(port) || besides.has(port) ? undefined : port
    })
  }

  #pick<Found>(count: number, look: (offset: number) => Found | undefined): Found | undefined {
    const start = Math.floor(this.#random() * count)
    for (let step = 0; step < count; step++) {
      const found = look((start + step) % count)
      if (found !== undefined) return found
    }
    return undefined
  }

  // TCP and UDP on one number are one Service's, and each counts.
  #count(port: number, by: 1 | -1): void {
    const count = (this.#ports.get(port) ?? 0) + by
    if (count > 0) this.#ports.set(port, count)
    else this.#ports.delete(port)
  }
}
