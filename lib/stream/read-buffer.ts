import type { Budget } from './budget.js'
import { Views } from './views.js'

/** What fills it is the beginning of something big. */
const small = 16_384

/** Where every stream reads that has no buffer of its own. */
const inbox = new Views(small)

/** Where small reads are copied to, to be written from there. Another one, when somebody keeps what is in it. */
let outbox = new Views(small)

const privateSize = 262_144

/**
 * What one stream reads into. Small reads share one buffer and are copied out of it; bulk goes through a private one as it
 * is: half the cost of a buffer for every read, which is what Node does by itself.
 *
 * A stream reads into the buffer it was given after its last read, however long ago that was. So `inbox` must be free again
 * when a read has been looked at, and never be handed to `write`, which keeps it when the kernel is full; and a
 * private buffer is not read into while a write of it is unfinished: reading stops meanwhile, and no more waits than one read.
 */
export class ReadBuffer {
  readonly #budget: Budget
  #private: Buffer | undefined
  /** The last read was a full one. */
  #wasFull = false

  constructor(budget: Budget) {
    this.#budget = budget
  }

  /** What to read into next. */
  get current(): Uint8Array {
    return this.#private ?? inbox.all
  }

  /** The `size` bytes that were read. Others may be there after the next read of any stream, unless they are kept. */
  taken(size: number): Uint8Array {
    if (this.#private) return this.#private.subarray(0, size)
    const copy = outbox.first(size)
    copy.set(inbox.first(size))
    return copy
  }

  /** What was taken last stays as it is for as long as somebody has it; a private buffer, as long as nothing is read. */
  keep(): void {
    if (!this.#private) outbox = new Views(small)
  }

  /**
   * After a read of `size` bytes: gets a private buffer, as long as there is memory, when that was the second full one. The
   * first may be all that is ever read of a client that nobody serves.
   */
  growAfter(size: number): void {
    const isBulk = size >= small && this.#wasFull
    this.#wasFull = size >= small
    if (!isBulk || this.#private || !this.#budget.take(privateSize)) return
    this.#private = Buffer.allocUnsafeSlow(privateSize)
  }

  /** After a read of `size` bytes, of which nothing waits any more: a private buffer goes when that was little. */
  shrinkAfter(size: number): void {
    if (size < small) this.release()
  }

  /** Gives the memory back. */
  release(): void {
    if (!this.#private) return
    this.#private = undefined
    this.#budget.giveBack(privateSize)
  }
}
