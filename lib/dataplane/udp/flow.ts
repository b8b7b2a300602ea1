import type { Socket } from 'node:dgram'
import type { Endpoint } from '../../model/endpoint.js'
import { errorCode } from '../../model/error-text.js'
import type { Milliseconds } from '../../model/milliseconds.js'
import type { Client, Origin } from './client.js'
import { Outlet } from './outlet.js'
import type { ParkedSocket } from './parked-socket.js'
import type { Unanswered } from './unanswered.js'
import type { Used } from './usage-order.js'

export interface FlowParts {
  readonly number: number
  readonly client: Client
  readonly endpoint: Endpoint
  /** Bound, and the flow's from now on. */
  readonly socket: Socket
  /** Undefined: the endpoint has answered already. */
  readonly unanswered: Unanswered | undefined
  readonly began: Milliseconds
  /** Sets `lastUsed`; called for each datagram either way. */
  readonly used: (flow: Flow) => void
  /** The endpoint refuses, or there is no way to it. The flow is of no use any more, and not yet closed. */
  readonly refused: (flow: Flow, error: Error) => void
}

/** Errors of a connected socket for which the endpoint is not to blame: this datagram is lost, as datagrams may be. */
const blameless = new Set(['EMSGSIZE', 'ENOBUFS', 'ENOMEM', 'EAGAIN', 'EPERM'])

/**
 * The datagrams between one client and one endpoint. Its socket is connected: so the kernel lets nobody but the
 * endpoint answer, and tells us when that refuses.
 */
export class Flow implements Used<Flow> {
  readonly number: number
  readonly client: Client
  readonly endpoint: Endpoint
  readonly began: Milliseconds
  older: Flow | undefined
  newer: Flow | undefined
  lastUsed: Milliseconds
  readonly #outlet: Outlet
  readonly #used: (flow: Flow) => void
  readonly #refused: (flow: Flow, error: Error) => void
  readonly #ends: (() => void)[] = []
  #unanswered: Unanswered | undefined
  #connected = false
  /** Whether the endpoint has answered since it was last sent something. */
  #heard = false
  #closed = false
  #sent = 0
  #received = 0

  private constructor({ number, client, endpoint, socket, unanswered, began, used, refused }: FlowParts) {
    this.number = number
    this.client = client
    this.endpoint = endpoint
    this.began = this.lastUsed = began
    this.#outlet = new Outlet(socket)
    this.#unanswered = unanswered
    this.#used = used
    this.#refused = refused
  }

  /** Connects to the endpoint. If that fails, the parts' `refused` is called, in a moment. */
  static open(parts: FlowParts): Flow {
    const flow = new Flow(parts)
    const { socket, endpoint } = parts
    socket.on('message', flow.#answer)
    socket.on('error', flow.#failed)
    socket.connect(endpoint.port, endpoint.address)
    flow.#connected = isConnected(socket)
    return flow
  }

  /** A flow of another process, whose socket is connected to the endpoint, and known as connected. It goes on with `goOn`. */
  static adopt(parts: FlowParts): Flow {
    const flow = new Flow(parts)
    parts.socket.on('error', flow.#failed)
    flow.#connected = flow.#heard = true
    return flow
  }

  /** Passes on what the endpoint has answered meanwhile, and what it answers from now on. */
  goOn(parked: ParkedSocket): void {
    parked.take(this.#answer)
  }

  /** Bytes from the client to the endpoint. */
  get sent(): number {
    return this.#sent
  }

  /** Bytes from the endpoint to the client. */
  get received(): number {
    return this.#received
  }

  /** Our end of it, as the endpoint sees it. */
  get local(): Origin {
    return this.socket.address()
  }

  get socket(): Socket {
    return this.#outlet.socket
  }

  /** What the endpoint has been sent, unless it has ever answered. */
  get unanswered(): Unanswered | undefined {
    return this.#unanswered
  }

  send(datagram: Buffer): void {
    this.#used(this)
    this.#unanswered?.keep(datagram, this.lastUsed)
    if (!this.#connected || !this.#outlet.takes(datagram)) return
    this.#sent += datagram.length
    if (this.#heard) this.socket.send(datagram)
    else this.socket.send(datagram, this.#outcome)
    this.#heard = false
  }

  /** Has `end` called when the flow is closed. */
  onceClosed(end: () => void): void {
    this.#ends.push(end)
  }

  close(): void {
    this.#closed = true
    this.#unanswered?.take()
    this.socket.close()
    for (const end of this.#ends) end()
  }

  readonly #answer = (datagram: Buffer): void => {
    this.#used(this)
    if (this.#unanswered) {
      this.#unanswered.take()
      this.#unanswered = undefined
    }
    this.#heard = true
    const { asked, port, host } = this.client
    if (!asked.takes(datagram)) return
    this.#received += datagram.length
    asked.socket.send(datagram, port, host)
  }

  readonly #failed = (error: Error): void => {
    const passing = this.#connected && blameless.has(errorCode(error) ?? '')
    if (!this.#closed && !passing) this.#refused(this, error)
  }

  // The kernel tells a refusal once: to the next read, or to the next send, which then sends nothing. Listening to that costs a
  // round trip 3 %, so who has just answered is believed: if it refuses now, the next datagram will tell.
  readonly #outcome = (error: Error | null): void => {
    if (error) this.#failed(error)
  }
}

/** Node has tried when `connect` returns, but tells of a failure only later. */
const isConnected = (socket: Socket): boolean => {
  try {
    socket.remoteAddress()
    return true
  } catch {
    return false
  }
}
