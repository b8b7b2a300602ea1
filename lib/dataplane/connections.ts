import type { ServicePortId } from '../model/service-port.js'
import { Budget } from '../stream/budget.js'
import { Admission, type Refusal } from './admission.js'
import { Crowd, type Place } from './crowd.js'

const nothing = (): void => undefined

/** Bytes from a client to its endpoint, and back. */
export interface Traffic {
  readonly sent: number
  readonly received: number
}

/** A client that is being served, from its arrival until it is gone. */
export class OpenConnection {
  /** From 1, never used again. */
  readonly number: number
  readonly servicePort: ServicePortId
  /** Bytes, from when an endpoint is reached. */
  traffic: Traffic | undefined
  /** What ends it at once. It changes as the connection goes on. */
  whenStopped: () => void = nothing
  /** Where `Connections` has it. */
  place: Place<OpenConnection> | undefined
  #stopped = false

  constructor(number: number, servicePort: ServicePortId) {
    this.number = number
    this.servicePort = servicePort
  }

  /** Whether it was told to end, or its client has left. */
  isStopped(): boolean {
    return this.#stopped
  }

  /** Ends it at once. May be called twice. */
  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.whenStopped()
  }
}

/** A client for whom there is no room. */
export interface RefusedConnection {
  readonly number: number
  readonly refusal: Refusal
}

/** All clients that are being served, over all listeners, so that a stop can wait for them and end the rest. */
export class Connections {
  /** Those left for connections and listeners. */
  readonly descriptors: Budget
  readonly #admission: Admission
  readonly #open = new Crowd<OpenConnection>()
  #opened = 0
  #waiting: (() => void)[] = []

  constructor(descriptors = new Budget(Infinity)) {
    this.descriptors = descriptors
    this.#admission = new Admission(descriptors)
  }

  get count(): number {
    return this.#open.size
  }

  /** All that are being served. */
  get members(): readonly OpenConnection[] {
    return this.#open.members
  }

  /** Resolves when none is open, which may be now. */
  get ended(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve()
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  /** Lets a client of `servicePort` in, or says why not. */
  open(servicePort: ServicePortId): OpenConnection | RefusedConnection {
    this.#opened += 1
    const refusal = this.#admission.enter(servicePort)
    if (refusal) return { number: this.#opened, refusal }
    const connection = new OpenConnection(this.#opened, servicePort)
    connection.place = this.#open.add(connection)
    return connection
  }

  /** It is over: both of its sockets are closed. May be called twice. */
  close(connection: OpenConnection, servicePort: ServicePortId): void {
    if (!connection.place || !this.#open.delete(connection.place)) return
    connection.place = undefined
    connection.whenStopped = nothing
    connection.traffic = undefined
    this.#admission.leave(servicePort)
    if (this.#open.size > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** Ends all at once; clients and endpoints see a reset. Returns how many there were. */
  reset(): number {
    const { size } = this.#open
    for (const connection of this.#open.members) connection.stop()
    return size
  }
}
