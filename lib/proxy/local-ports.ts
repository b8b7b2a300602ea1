import { Failure } from '../model/failure.js'
import { type Port, port } from '../model/port.js'
import { type PortRange, portRangeSize, portRangeText } from '../model/port-range.js'
import { type Protocol, protocolOf, type ServicePortId } from '../model/service-port.js'

/**
 * Which local port belongs to which service port: chosen from our own range, so that a restart finds it free, and
 * kept for as long as the service port lives, so that an edit of a Service moves nothing.
 */
export class LocalPorts {
  readonly #range: PortRange
  readonly #ports = new Map<ServicePortId, Port>()
  readonly #given = new Map<Port, ServicePortId>()
  /** Ports that somebody else was found to hold. */
  readonly #foreign = new Set<Port>()
  #reserved: ReadonlySet<Port> = new Set()
  /** Where the search for a free port goes on, so that a port just given back rests for a while. */
  #next: number
  #version = 0

  constructor(range: PortRange, saved: ReadonlyMap<ServicePortId, Port>) {
    this.#range = range
    this.#next = range.first
    this.adopt(saved)
  }

  /** Gives all back, and takes those of `saved` that are free for what they were saved for. */
  adopt(saved: ReadonlyMap<ServicePortId, Port>): void {
    this.keepOnly([])
    for (const [id, local] of saved) if (this.#isFree(local)) this.#take(id, local)
  }

  /** Leaves these ports alone from now on: clients of the node come to them. Those that are listened on already stay. */
  reserve(ports: Iterable<Port>): void {
    this.#reserved = new Set(ports)
  }

  /** The local port of `id`, which has no listener; from the saved ones, else the next free one. Throws Failure when there is none left. */
  for(id: ServicePortId): Port {
    const known = this.#ports.get(id)
    if (known !== undefined && !this.#reserved.has(known)) return known
    this.#giveBack(id)
    return this.#take(id, this.#free())
  }

  /** Somebody else holds the port of `id`: it is left alone while there are others, and another one chosen next time. */
  occupied(id: ServicePortId): void {
    const local = this.#giveBack(id)
    if (local !== undefined) this.#foreign.add(local)
  }

  /** Gives back the ports of all but `ids`, those that were only saved for them too. */
  keepOnly(ids: Iterable<ServicePortId>): void {
    const kept = new Set(ids)
    for (const id of this.#ports.keys()) if (!kept.has(id)) this.#giveBack(id)
  }

  /** Whether the port is given away, to a service port of that protocol. */
  has(local: Port, protocol: Protocol): boolean {
    const id = this.#given.get(local)
    return id !== undefined && protocolOf(id) === protocol
  }

  /** Another number whenever another port is given away, or given back: equal means that nothing need be saved. */
  get version(): number {
    return this.#version
  }

  /** All that are given away, to be saved. */
  entries(): ReadonlyMap<ServicePortId, Port> {
    return this.#ports
  }

  #take(id: ServicePortId, local: Port): Port {
    this.#version += 1
    this.#ports.set(id, local)
    this.#given.set(local, id)
    return local
  }

  #giveBack(id: ServicePortId): Port | undefined {
    const local = this.#ports.get(id)
    if (local === undefined) return undefined
    this.#version += 1
    this.#ports.delete(id)
    this.#given.delete(local)
    return local
  }

  #isFree(local: Port): boolean {
    const { first, last } = this.#range
    if (local < first || local > last) return false
    return !this.#given.has(local) && !this.#foreign.has(local) && !this.#reserved.has(local)
  }

  #free(): Port {
    const size = portRangeSize(this.#range)
    for (let tried = 0; tried < size; tried++) {
      const candidate = port(this.#next)
      this.#next = candidate === this.#range.last ? this.#range.first : candidate + 1
      if (this.#isFree(candidate)) return candidate
    }
    // By the next attempt some may have been left.
    this.#foreign.clear()
    throw new Failure(
      'conflict',
      `all ${size} ports of --proxy-port-range ${portRangeText(this.#range)} are taken`,
      {
        cure: 'give a wider --proxy-port-range',
      },
    )
  }
}
