import type { Socket } from 'node:dgram'
import { errorCode, errorText } from '../../model/error-text.js'
import type { IpAddress } from '../../model/ip-address.js'
import { port, type Port } from '../../model/port.js'
import type { Budget } from '../../stream/budget.js'
import { type Estate, socketName } from '../estate.js'
import { noDescriptors } from '../no-descriptors.js'
import { boundSocket } from './bound-socket.js'
import { Door, type UdpService } from './door.js'
import type { InheritedDoor } from './inherited-door.js'

/** For datagrams that come while the loop is busy: a burst of a thousand. */
const receiveBuffer = 1_048_576

/**
 * A door at each local address of this machine, all on the same port.
 *
 * Not one socket on 0.0.0.0, though REDIRECT would find that, too: its answers leave from the address that the kernel prefers
 * towards the client, which need not be the one that REDIRECT had chosen; then the kernel does not take them for answers, and the
 * client never gets them from the portal. Tried, in `test/dataplane/udp/redirect.test.ts`: it fails for clients on the node
 * (REDIRECT chooses 127.0.0.1) and for pods in the network of a bridge's second address (REDIRECT chooses the first). A socket
 * bound to each address answers all of them, and nobody can bind a more specific one beside it.
 */
export class Doors {
  readonly #service: UdpService
  readonly #descriptors: Budget
  readonly #estate: Estate | undefined
  readonly #doors = new Map<IpAddress, Door>()
  /** Those that are not open yet. */
  #inherited = new Map<IpAddress, InheritedDoor>()
  /** Why there is no door at an address: said once. */
  #reasons: ReadonlyMap<IpAddress, string | undefined> = new Map()
  #port: Port | undefined

  constructor(service: UdpService, { descriptors, estate }: DoorsOptions) {
    this.#service = service
    this.#descriptors = descriptors
    this.#estate = estate
  }

  /** Whether there is a door wherever one is wanted. */
  get isWhole(): boolean {
    return this.#reasons.size === 0
  }

  get port(): Port {
    if (this.#port === undefined) throw new TypeError('no door has been opened')
    return this.#port
  }

  /**
   * Opens a door at each of `addresses`, on `wanted` or else a free port. One that cannot be opened is reported. Throws the
   * system's error, and leaves nothing open, when none can, or when somebody else has the port at one of them.
   */
  open(addresses: readonly IpAddress[], { port: wanted, inherited = new Map() }: DoorsPlace = {}): void {
    this.#port = wanted
    this.#inherited = new Map(inherited)
    const failures = this.#add(addresses)
    const errors = failures.map(({ error }) => error)
    const taken = errors.find(error => errorCode(error) === 'EADDRINUSE')
    if (taken === undefined && this.#doors.size > 0) {
      this.#tell(failures)
      return
    }
    this.close()
    throw taken ?? errors[0] ?? new Error('there is no local address to listen on')
  }

  /** Has doors at these addresses from now on, as far as they can be opened. */
  moveTo(addresses: readonly IpAddress[]): void {
    const wanted = new Set(addresses)
    for (const address of this.#doors.keys()) if (!wanted.has(address)) this.#close(address)
    this.#tell(this.#add(addresses))
  }

  close(): void {
    for (const address of this.#doors.keys()) this.#close(address)
    for (const { parked, flows } of this.#inherited.values())
      for (const each of [parked, ...flows.map(flow => flow.parked)]) each.close()
    this.#inherited.clear()
  }

  #add(addresses: readonly IpAddress[]): readonly Failure[] {
    return addresses.flatMap(address => {
      try {
        if (!this.#doors.has(address)) this.#open(address)
        return []
      } catch (error) {
        if (!(error instanceof Error)) throw error
        return [{ address, error }]
      }
    })
  }

  #open(address: IpAddress): void {
    if (!this.#descriptors.take(1)) throw noDescriptors()
    const inherited = this.#inherited.get(address)
    this.#inherited.delete(address)
    const socket = inherited?.parked.socket ?? this.#socketAt(address)
    const door = new Door(socket, this.#service)
    socket.on('error', error => this.#report(address, error))
    door.adopt(inherited?.flows ?? [])
    if (inherited) inherited.parked.take(door.receive)
    else socket.on('message', door.receive)
    this.#port ??= port(socket.address().port)
    this.#doors.set(address, door)
    this.#estate?.addDoor(socketName('UDP', { address, port: this.#port }), door)
  }

  #socketAt(address: IpAddress): Socket {
    try {
      return boundSocket({ address, receiveBuffer, ...(this.#port !== undefined && { port: this.#port }) })
    } catch (error) {
      this.#descriptors.giveBack(1)
      throw error
    }
  }

  #close(address: IpAddress): void {
    this.#doors.get(address)?.close()
    this.#doors.delete(address)
    this.#descriptors.giveBack(1)
  }

  /** Reports those that are new. */
  #tell(failures: readonly Failure[]): void {
    for (const { address, error } of failures)
      if (this.#reasons.get(address) !== errorCode(error)) this.#report(address, error)
    this.#reasons = new Map(failures.map(({ address, error }) => [address, errorCode(error)]))
  }

  #report(address: IpAddress, error: Error): void {
    const { servicePort, report } = this.#service
    report({
      type: 'listen-failed',
      servicePort,
      reason: `${address}: ${errorText(error)}; tried again with each sync`,
    })
  }
}

type Inherited = ReadonlyMap<IpAddress, InheritedDoor>

export interface DoorsOptions {
  readonly descriptors: Budget
  /** Where a process after us finds doors. */
  readonly estate?: Estate | undefined
}

export interface DoorsPlace {
  /** Absent: one that is free. */
  readonly port?: Port | undefined
  /** Those that a process before us had, at some of the addresses. */
  readonly inherited?: Inherited | undefined
}

interface Failure {
  readonly address: IpAddress
  readonly error: Error
}
