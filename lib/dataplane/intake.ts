import type { Milliseconds } from '../model/milliseconds.js'
import type { EndpointStream, Inlet } from '../reach/reach.js'
import type { Budget } from './budget.js'

/** Where every socket reads that has no buffer of its own. What fills it is the beginning of something big. */
const shared = Buffer.allocUnsafeSlow(16_384)

const privateSize = 262_144

/**
 * Reads one stream, and writes what it reads to another. Small reads share one buffer and are copied out of it; bulk goes
 * through a private one as it is: half the cost of a buffer for every read, which is what Node does by itself.
 *
 * A socket reads into the buffer it was given after its last read, however long ago that was. So `shared` must be free again
 * when `callback` returns, and never be handed to `write`, which keeps it when the kernel is full; and a private buffer
 * is not read into while a write of it is unfinished. Reading stops meanwhile: no more waits than one read.
 */
export class Intake implements Inlet {
  readonly #budget: Budget
  #private: Buffer | undefined
  #from: EndpointStream | undefined
  #to: EndpointStream | undefined
  /** Read before there was anybody to give it to. */
  #early: Buffer[] = []
  #stopped = false
  #bytes = 0
  #seen = -1
  #seenAt = 0

  constructor(budget: Budget) {
    this.#budget = budget
  }

  /** Bytes passed on so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether bytes wait for the other side to take them. */
  get waits(): boolean {
    return this.#stopped
  }

  /** How long, as far as these calls could see, nothing has been passed on. */
  quietFor(now: Milliseconds): number {
    if (this.#seen !== this.#bytes) {
      this.#seen = this.#bytes
      this.#seenAt = now
    }
    return now - this.#seenAt
  }

  readonly buffer = (): Uint8Array => this.#private ?? shared

  readonly callback = (size: number): boolean => {
    if (!this.#private) return this.#take(Buffer.from(shared.subarray(0, size)), size === shared.length)
    const goesOn = this.#pass(this.#private.subarray(0, size))
    if (size < shared.length) this.#dropPrivate()
    return goesOn
  }

  /** Passes on what `from` reads to `to`, no faster than that takes it. A stream that does not read into us is read as any. */
  connect(from: EndpointStream, to: EndpointStream): void {
    this.#from = from
    this.#to = to
    for (const bytes of this.#early.splice(0)) this.#pass(bytes)
    from.on('data', (bytes: Buffer) => {
      if (!this.#pass(bytes)) from.pause()
    })
    if (!this.#stopped) from.resume()
  }

  /** Nothing will be read any more. */
  close(): void {
    this.#dropPrivate()
  }

  #take(bytes: Buffer, bulk: boolean): boolean {
    if (!this.#to) return this.#keep(bytes)
    if (bulk && this.#budget.take(privateSize)) this.#private = Buffer.allocUnsafeSlow(privateSize)
    return this.#pass(bytes)
  }

  /** Reading ahead a little is how a reset is noticed before there is anybody to tell. */
  #keep(bytes: Buffer): boolean {
    this.#early.push(bytes)
    return this.#early.reduce((sum, { length }) => sum + length, 0) < shared.length
  }

  /** Whether the kernel has it all. If not, reading goes on when it has. */
  #pass(bytes: Buffer): boolean {
    if (!this.#to) return false
    this.#bytes += bytes.length
    this.#to.write(bytes, this.#written)
    this.#stopped = this.#to.writableLength > 0
    return !this.#stopped
  }

  readonly #written = (): void => {
    if (!this.#stopped || !this.#to || this.#to.writableLength > 0) return
    this.#stopped = false
    this.#from?.resume()
  }

  #dropPrivate(): void {
    if (!this.#private) return
    this.#private = undefined
    this.#budget.giveBack(privateSize)
  }
}
