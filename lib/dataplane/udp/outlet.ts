import type { Socket } from 'node:dgram'

/** So much may wait in us for the kernel to take it, beyond what the kernel itself keeps for a socket. */
const most = 262_144

/** What a datagram costs that waits, beside its bytes. */
const overhead = 512

/**
 * A socket to send from that loses datagrams, as networks do, when they leave slower than they come. Node would keep all of
 * them for later: without end, as UDP's senders do not slow down.
 */
export class Outlet {
  readonly socket: Socket
  /** At most so much waits: what was sent since the socket was last asked, and what waited then. */
  #waiting = 0

  constructor(socket: Socket) {
    this.socket = socket
  }

  /** Whether `datagram` may be sent; otherwise it is lost. Asks the socket only now and then, unless that is behind. */
  takes(datagram: Buffer): boolean {
    const cost = datagram.length + overhead
    this.#waiting += cost
    if (this.#waiting <= most) return true
    this.#waiting = this.socket.getSendQueueSize() + this.socket.getSendQueueCount() * overhead + cost
    return this.#waiting <= most
  }
}
