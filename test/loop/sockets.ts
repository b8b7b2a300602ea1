import type { Listener } from '../../lib/dataplane/listener.js'
import { endpointText } from '../../lib/model/endpoint.js'
import { anyAddress, familyOf, type IpAddress } from '../../lib/model/ip-address.js'
import type { ServicePort } from '../../lib/model/service-port.js'
import type { Opening } from '../../lib/proxy/opening.js'
import type { Turns } from './turns.js'

/** A listener that is open, and what it was told last. */
export interface Socket {
  readonly opening: Opening
  told: Pick<ServicePort, 'portals' | 'endpoints' | 'terms'> | undefined
}

/** Somebody else's. */
export type ForeignSocket = Required<Pick<Opening, 'protocol' | 'family' | 'port' | 'address'>>

export interface SocketsParts {
  readonly turns: Turns
  readonly addresses: () => readonly IpAddress[]
  /** Called after each listener that opened, and each that closed. */
  readonly changed: (socket: Socket, change: 'opened' | 'closed') => void
}

const failed = (code: string, { address, port }: Partial<Opening>): Error =>
  Object.assign(new Error(`${code} ${address ?? ''}:${port}`), { code })

const addressOf = ({ address, family }: Pick<Opening, 'address' | 'family'>): IpAddress =>
  address ?? anyAddress[family]

/** The sockets of a machine that listen, ours and others'. A process sees its own. */
export class Sockets {
  readonly #parts: SocketsParts
  readonly #open = new Set<Socket>()
  readonly #everForeign = new Set<number>()
  foreign: readonly ForeignSocket[] = []
  /** So many listeners in turn cannot be opened, for want of descriptors. */
  failures = 0
  /** How often one could not be. */
  failed = 0
  #processes = 1

  constructor(parts: SocketsParts) {
    this.#parts = parts
  }

  get open(): ReadonlySet<Socket> {
    return this.#open
  }

  /** Somebody else's listeners come, where nobody is. */
  occupy(socket: ForeignSocket): boolean {
    if (this.#isTaken(socket)) return false
    this.foreign = [...this.foreign, socket]
    this.#everForeign.add(socket.port)
    return true
  }

  /** Whether somebody else had that port once, at whatever address. */
  wasForeign(number: number): boolean {
    return this.#everForeign.has(number)
  }

  /** Who serves what was redirected to the port. */
  at({ protocol, family, port }: Pick<Opening, 'protocol' | 'family' | 'port'>): Socket | undefined {
    for (const socket of this.#open) {
      const { opening } = socket
      const same = opening.protocol === protocol && opening.family === family && opening.port === port
      if (same && opening.address === undefined) return socket
    }
    return undefined
  }

  async listen(opening: Opening): Promise<Listener> {
    const process = this.#processes
    await this.#parts.turns.wait(`listen ${opening.servicePort} ${opening.port}`)
    if (process !== this.#processes) throw failed('it has ended', opening)
    if (this.failures > 0) {
      this.failures -= 1
      this.failed += 1
      throw failed('EMFILE', opening)
    }
    const address = addressOf(opening)
    if (address !== anyAddress[familyOf(address)] && !this.#parts.addresses().includes(address))
      throw failed('EADDRNOTAVAIL', opening)
    if (this.#isTaken({ ...opening, address })) {
      this.failed += 1
      throw failed('EADDRINUSE', opening)
    }
    const socket: Socket = { opening, told: undefined }
    this.#open.add(socket)
    this.#parts.changed(socket, 'opened')
    return {
      port: opening.port,
      isWhole: true,
      update: told => {
        socket.told = told
      },
      close: async () => {
        if (!this.#open.has(socket)) return
        this.#open.delete(socket)
        this.#parts.changed(socket, 'closed')
        await this.#parts.turns.wait(`closed ${opening.servicePort} ${opening.port}`)
      },
    }
  }

  /** The process that had them is gone. */
  drop(): void {
    this.#processes += 1
    this.#open.clear()
  }

  get texts(): readonly string[] {
    return [...this.#open]
      .map(({ opening: { servicePort, protocol, port, address } }) =>
        address === undefined
          ? `${servicePort} ${port}`
          : `${servicePort} ${protocol} ${endpointText({ address, port })}`,
      )
      .sort()
  }

  #isTaken(wanted: ForeignSocket): boolean {
    const any = anyAddress[wanted.family]
    const meets = (other: Pick<Opening, 'protocol' | 'family' | 'port' | 'address'>): boolean => {
      const address = addressOf(other)
      return (
        other.protocol === wanted.protocol &&
        other.family === wanted.family &&
        other.port === wanted.port &&
        (address === wanted.address || address === any || wanted.address === any)
      )
    }
    return [...this.#open].some(({ opening }) => meets(opening)) || this.foreign.some(meets)
  }
}
