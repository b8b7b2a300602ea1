import type { Port } from '../model/port.js'
import type { HttpPort } from './http-port.js'

/** Several ports, opened and closed together. */
export class HttpPorts {
  readonly #ports: readonly HttpPort[]

  constructor(ports: readonly HttpPort[]) {
    this.#ports = ports
  }

  /** The TCP ports that others are to reach: without those that another program has. */
  get open(): readonly Port[] {
    return this.#ports.flatMap(({ open }) => open)
  }

  /** Those that they are to reach when all are open. */
  get wanted(): readonly Port[] {
    return this.#ports.flatMap(({ wanted }) => wanted)
  }

  /** See `HttpPort`. */
  async start(): Promise<void> {
    await Promise.all(this.#ports.map(port => port.start()))
  }

  /** See `HttpPort`. */
  async close(): Promise<void> {
    await Promise.all(this.#ports.map(port => port.close()))
  }
}
