import type { RemoteInfo, Socket } from 'node:dgram'
import type { Origin } from './client.js'

export type Receive = (datagram: Buffer, from: Origin) => void

/** More than come in the milliseconds that a socket is parked for. */
const most = 4096

/** A socket that came from another process, and reads already: what comes before somebody takes it is kept for him. */
export class ParkedSocket {
  readonly socket: Socket
  readonly #waiting: (readonly [Buffer, Origin])[] = []
  #receive: Receive | undefined

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('message', this.#came)
    socket.on('error', ignore)
  }

  /** A datagram that another process read from the same socket. */
  receive(datagram: Buffer, from: Origin): void {
    if (this.#receive) this.#receive(datagram, from)
    else if (this.#waiting.length < most) this.#waiting.push([datagram, from])
  }

  /** Has all that came, and all that comes, received. Errors are the taker's from now on. */
  take(receive: Receive): void {
    const { socket } = this
    socket.off('message', this.#came).on('message', receive).off('error', ignore)
    this.#receive = receive
    for (const [datagram, from] of this.#waiting.splice(0)) receive(datagram, from)
  }

  /** Nobody takes it. */
  close(): void {
    this.socket.close()
  }

  readonly #came = (datagram: Buffer, from: RemoteInfo): void => {
    this.receive(datagram, from)
  }
}

const ignore = (): void => undefined
