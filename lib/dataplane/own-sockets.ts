import type { Endpoint } from '../model/endpoint.js'

/**
 * Whether a socket of this machine at `local` is connected to somewhere else than `peer`: a client here may have the same
 * local port as a socket of ours towards another address.
 */
export type HasOtherSocket = (local: Endpoint, peer: Endpoint) => Promise<boolean>

/**
 * Our own sockets towards endpoints. A client that is one of them has been here before: so a loop shows that no look at
 * addresses can find. Only these count, not our other connections: those to the API server are clients like any.
 */
export class OwnSockets {
  readonly #hasOtherSocket: HasOtherSocket
  /** By local port; where two addresses have the same, the last. No Map, for the reason that `Crowd` gives. */
  readonly #unanswered = new Array<OwnSocket | undefined>(65_536)

  constructor(hasOtherSocket: HasOtherSocket) {
    this.#hasOtherSocket = hasOtherSocket
  }

  /** Follows the connection of the client at this end. */
  follow(client: Endpoint): OwnSocket {
    const there = this.#unanswered[client.port]
    const before = there?.isAt(client) ? there : undefined
    // Whoever came from there came now; the next one that seems to is somebody else.
    before?.settled()
    return new OwnSocket({ all: this.#unanswered, hasOtherSocket: this.#hasOtherSocket, before })
  }
}

interface Ends {
  readonly local: Endpoint
  readonly peer: Endpoint
}

interface Followed {
  readonly all: (OwnSocket | undefined)[]
  readonly hasOtherSocket: HasOtherSocket
  /** The socket that the client seems to be. */
  readonly before: OwnSocket | undefined
}

/** The socket, at most one at a time, that one connection has towards an endpoint. */
class OwnSocket {
  readonly #followed: Followed
  /** How often the connection has come back to us. */
  readonly #returns: number
  #ends: Ends | undefined

  constructor(followed: Followed) {
    this.#followed = followed
    this.#returns = followed.before ? followed.before.#returns + 1 : 0
  }

  get ends(): Ends | undefined {
    return this.#ends
  }

  isAt({ address }: Endpoint): boolean {
    return this.#ends?.local.address === address
  }

  /** Whether the connection may go in circles. To come back once is allowed: one Service may be behind another. */
  get isSuspect(): boolean {
    return this.#returns >= 2
  }

  /** Of a suspect, whether it really does. */
  async isLoop(): Promise<boolean> {
    const { hasOtherSocket, before } = this.#followed
    if (!before?.ends) return false
    const { local, peer } = before.ends
    return !(await hasOtherSocket(local, peer))
  }

  /** A socket at `local` was opened towards `peer`, instead of the one before, which is closed. */
  opened(local: Endpoint, peer: Endpoint): void {
    this.settled()
    this.#ends = { local, peer }
    this.#followed.all[local.port] = this
  }

  /** The endpoint has answered, so it is none of our listeners; or it is closed. */
  settled(): void {
    if (!this.#ends) return
    const { port } = this.#ends.local
    if (this.#followed.all[port] === this) this.#followed.all[port] = undefined
  }
}
