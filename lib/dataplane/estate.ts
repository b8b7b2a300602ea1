import type { Server } from 'node:net'
import { type Endpoint, endpointText } from '../model/endpoint.js'
import type { Door } from './udp/door.js'

/** What a listening socket is known by, to us and to a process after us: `TCP 0.0.0.0:14003`. */
export const socketName = (protocol: 'TCP' | 'UDP', place: Endpoint): string =>
  `${protocol} ${endpointText(place)}`

/** The listening sockets that this process has, for a process after it to get. */
export class Estate {
  readonly #servers = new Map<string, Server>()
  readonly #doors = new Map<string, Door>()

  /** Adds one that listens, until it is closed. */
  addServer(name: string, server: Server): void {
    this.#servers.set(name, server)
    server.once('close', () => {
      if (this.#servers.get(name) === server) this.#servers.delete(name)
    })
  }

  /** Adds one, until it is closed. */
  addDoor(name: string, door: Door): void {
    this.#doors.set(name, door)
    door.socket.once('close', () => {
      if (this.#doors.get(name) === door) this.#doors.delete(name)
    })
  }

  server(name: string): Server | undefined {
    return this.#servers.get(name)
  }

  door(name: string): Door | undefined {
    return this.#doors.get(name)
  }

  get doors(): readonly Door[] {
    return [...this.#doors.values()]
  }
}
