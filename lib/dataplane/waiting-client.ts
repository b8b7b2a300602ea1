import type { Request } from '../stream/accept.js'
import type { ByteStream, Receiver } from '../stream/byte-stream.js'

/** Bytes that are read before there is anybody to give them to. */
const enough = 16_384

/**
 * A client whose endpoint is being dialled. Reading ahead a little is how it is noticed that a client has left, while
 * that still spares the endpoint a connection.
 */
export class WaitingClient implements Receiver {
  readonly client: ByteStream
  readonly #left: () => void
  readonly #early: Uint8Array[] = []
  #size = 0
  #hasEnded = false
  #hasLeft = false

  /** Calls `left` when the client is gone. `sent` is what others have read of it. */
  constructor(client: ByteStream, left: () => void, sent?: Pick<Request, 'early' | 'hasEnded'>) {
    this.client = client
    this.#left = left
    if (sent) {
      this.#hasEnded = sent.hasEnded
      if (sent.early.length > 0) this.read(sent.early)
    }
    client.readTo(this)
  }

  /** What it has sent so far. */
  get early(): Uint8Array {
    const [first, ...others] = this.#early
    return first && others.length === 0 ? first : Buffer.concat(this.#early)
  }

  /** Whether it has sent its end, too. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Whether it is gone. */
  get hasLeft(): boolean {
    return this.#hasLeft
  }

  read(bytes: Uint8Array): boolean {
    this.#early.push(Buffer.from(bytes))
    this.#size += bytes.length
    return this.#size < enough
  }

  ended(): void {
    this.#hasEnded = true
  }

  drained(): void {
    // Nothing was written.
  }

  closed(): void {
    this.#hasLeft = true
    this.#left()
  }
}
