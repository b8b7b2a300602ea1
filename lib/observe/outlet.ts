import type { Writable } from 'node:stream'

/** So many bytes may wait to be read: with thousands of Services a first sync says much at once, and its reader is not slow. */
const mostWaiting = 33_554_432

/**
 * Keeps what waits for a slow reader of `stream` within bounds: Node would keep it all. Asks, when the reader has caught up, to
 * tell how many lines were left out meanwhile.
 */
export class Outlet {
  readonly #stream: Writable
  readonly #tell: (leftOut: number) => void
  #leftOut = 0

  constructor(stream: Writable, tell: (leftOut: number) => void) {
    this.#stream = stream
    this.#tell = tell
  }

  /** Whether a line may be written now; it counts as left out where not. */
  isOpen(): boolean {
    if (this.#leftOut === 0 && this.#stream.writableLength <= mostWaiting) return true
    if (this.#leftOut === 0) this.#stream.once('drain', () => this.#caughtUp())
    this.#leftOut += 1
    return false
  }

  #caughtUp(): void {
    const leftOut = this.#leftOut
    this.#leftOut = 0
    this.#tell(leftOut)
  }
}
