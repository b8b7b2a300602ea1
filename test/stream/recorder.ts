import type { ByteStream, Receiver } from '../../lib/stream/byte-stream.js'

/** A stream, and all that it told. */
export class Recorder implements Receiver {
  readonly stream: ByteStream
  readonly told: string[] = []
  /** Until it is told otherwise it takes no more than this many bytes at once. */
  limit = Infinity
  #chunks: Buffer[] = []
  #size = 0
  #watchers: (() => void)[] = []

  constructor(stream: ByteStream) {
    this.stream = stream
    stream.readTo(this)
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  read(read: Uint8Array): boolean {
    this.#chunks.push(Buffer.from(read))
    this.#size += read.length
    this.#look()
    return this.#size < this.limit
  }

  ended(): void {
    this.#tell('ended')
  }

  drained(): void {
    this.#tell('drained')
  }

  closed(failure?: string): void {
    this.#tell(failure === undefined ? 'closed' : `closed ${failure}`)
  }

  /** Resolves when `seen` is true, now or after something was told. */
  async until(seen: () => boolean): Promise<void> {
    while (!seen()) await new Promise<void>(resolve => this.#watchers.push(resolve))
  }

  /** Resolves when one of what it told fits. */
  untilTold(fits: RegExp): Promise<void> {
    return this.until(() => this.told.some(each => fits.test(each)))
  }

  #tell(what: string): void {
    this.told.push(what)
    this.#look()
  }

  #look(): void {
    for (const watcher of this.#watchers.splice(0)) watcher()
  }
}
