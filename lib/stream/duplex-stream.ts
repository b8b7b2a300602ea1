import type { Duplex } from 'node:stream'
import type { ByteStream, Receiver } from './byte-stream.js'

/** What a stream of Node's must be able to do beside being one; a `net.Socket` is such a thing. Half-open is allowed. */
export interface ResettableDuplex extends Duplex {
  /** Ends at once, and lets the peer see a reset instead of a clean end. */
  resetAndDestroy(): unknown
}

const nothing = Buffer.alloc(0)

/** A connection over a stream of Node's. */
export class DuplexStream implements ByteStream {
  readonly #duplex: ResettableDuplex
  #receiver: Receiver | undefined
  #waits = false
  #wasReset = false

  constructor(duplex: ResettableDuplex) {
    this.#duplex = duplex
    duplex.pause()
    // Its error is told when it closes; one without a listener would end the process.
    duplex.on('error', () => undefined)
  }

  readTo(receiver: Receiver): void {
    const begun = this.#receiver !== undefined
    this.#receiver = receiver
    if (begun) return
    const duplex = this.#duplex
    duplex.on('data', (bytes: Buffer) => {
      if (!(this.#receiver?.read(bytes) ?? false)) duplex.pause()
    })
    duplex.once('end', () => this.#ended())
    if (duplex.closed) this.#closed()
    else duplex.once('close', () => this.#closed())
    duplex.resume()
  }

  pause(): void {
    this.#duplex.pause()
  }

  resume(): void {
    this.#duplex.resume()
  }

  write(bytes: Uint8Array): boolean {
    const duplex = this.#duplex
    if (!duplex.writable) return true
    duplex.write(bytes, error => {
      if (!error) this.#written()
    })
    this.#waits = duplex.writableLength > 0
    return !this.#waits
  }

  get unsent(): number {
    return this.#duplex.writableLength
  }

  end(): void {
    this.#duplex.end()
  }

  /** When our end is just on its way, which takes one turn of the loop, libuv refuses a reset (EINVAL): it follows the end. */
  reset(): void {
    const duplex = this.#duplex
    if (duplex.destroyed) return
    this.#wasReset = true
    const sendsEnd = duplex.writableEnded && duplex.writableLength === 0 && !duplex.writableFinished
    if (sendsEnd) duplex.once('finish', () => duplex.resetAndDestroy())
    else duplex.resetAndDestroy()
  }

  #written(): void {
    if (!this.#waits || this.#duplex.writableLength > 0 || this.#duplex.destroyed) return
    this.#waits = false
    this.#receiver?.drained()
  }

  /** It may be a reset that looks like an end, which a write of nothing shows: see `HandleStream`. */
  #ended(): void {
    const duplex = this.#duplex
    if (duplex.writable && duplex.writableLength === 0) duplex.write(nothing)
    setImmediate(() => {
      if (!duplex.errored) this.#receiver?.ended()
    })
  }

  #closed(): void {
    const { errored, readableEnded, writableFinished } = this.#duplex
    const isClean = this.#wasReset || (readableEnded && writableFinished)
    if (errored) this.#receiver?.closed('code' in errored ? String(errored.code) : errored.message)
    else this.#receiver?.closed(isClean ? undefined : 'ECONNABORTED')
  }
}
