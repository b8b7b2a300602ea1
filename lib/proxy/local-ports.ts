import { Failure } from '../model/failure.js'
import { type Port, port } from '../model/port.js'
import { type PortRange, portRangeSize, portRangeText } from '../model/port-range.js'
import type { ServicePortId } from '../model/service-port.js'

/**
 * Which local port belongs to which service port: chosen from our own range, so that a restart finds it free, and
 * kept for as long as the service port lives, so that an edit of a Service moves nothing.
 */
export class LocalPorts {
  readonly #range: PortRange
  readonly #ports = new Map<ServicePortId, Port>()
  /** Ports that are given away, or that somebody else was found to hold. */
  readonly #taken = new Set<Port>()
  /** Where the search for a free port goes on, so that a port just given back rests for a while. */
  #next: number

  constructor(range: PortRange, saved: ReadonlyMap<ServicePortId, Port>) {
    this.#range = range
    this.#next = range.first
    for (const [id, local] of saved) if (this.#isFree(local)) this.#take(id, local)
  }

  /** The local port of `id`; from the saved ones, else the next free one. Throws Failure when there is none left. */
  for(id: ServicePortId): Port {
    return this.#ports.get(id) ?? this.#take(id, this.#free())
  }

  /** Somebody else holds the port of `id`: it is left alone, and another one chosen next time. */
  occupied(id: ServicePortId): void {
    this.#ports.delete(id)
  }

  release(id: ServicePortId): void {
    const local = this.#ports.get(id)
    if (local === undefined) return
    this.#ports.delete(id)
    this.#taken.delete(local)
  }

  /** All that are given away, to be saved. */
  entries(): ReadonlyMap<ServicePortId, Port> {
    return this.#ports
  }

  #take(id: ServicePortId, local: Port): Port {
    this.#ports.set(id, local)
    this.#taken.add(local)
    return local
  }

  #isFree(local: Port): boolean {
    return local >= this.#range.first && local <= this.#range.last && !this.#taken.has(local)
  }

  #free(): Port {
    const size = portRangeSize(this.#range)
    for (let tried = 0; tried < size; tried++) {
      const candidate = port(this.#next)
      this.#next = candidate === this.#range.last ? this.#range.first : candidate + 1
      if (this.#isFree(candidate)) return candidate
    }
    throw new Failure(
      'conflict',
      `all ${size} ports of --proxy-port-range ${portRangeText(this.#range)} are taken`,
      {
        cure: 'give a wider --proxy-port-range',
      },
    )
  }
}
