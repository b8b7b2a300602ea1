import type { Milliseconds } from '../model/milliseconds.js'
import type { ByteStream } from '../stream/byte-stream.js'

/** One direction of a connection: what is read from one stream and written to another, no faster than that takes it. */
export class Direction {
  readonly from: ByteStream
  readonly to: ByteStream
  #bytes = 0
  #waits = false
  #seen = 0
  #seenAt: Milliseconds

  constructor(from: ByteStream, to: ByteStream, now: Milliseconds) {
    this.from = from
    this.to = to
    this.#seenAt = now
  }

  /** Bytes passed on so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether bytes wait for the other side to take them. */
  get waits(): boolean {
    return this.#waits
  }

  /** How long, as far as these calls could see, nothing has gone. */
  quietFor(now: Milliseconds): number {
    // Somebody who takes little at a time is not idle.
    const gone = this.#bytes - (this.#waits ? this.to.unsent : 0)
    if (this.#seen !== gone) {
      this.#seen = gone
      this.#seenAt = now
    }
    return now - this.#seenAt
  }

  /** Whether more may be read. If not, reading goes on with `goOn`. */
  pass(bytes: Uint8Array): boolean {
    this.#bytes += bytes.length
    this.#waits = !this.to.write(bytes)
    return !this.#waits
  }

  goOn(): void {
    this.#waits = false
    this.from.resume()
  }
}
