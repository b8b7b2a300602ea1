import type { ServerResponse } from 'node:http'
import type { TraceLine } from './trace-line.js'

/** So many bytes may wait for a reader: a moment's worth. */
const mostWaiting = 262_144

/** An answer of JSON, a value a line, for as long as the reader takes it. */
export class Lines {
  readonly #response: ServerResponse
  #leftOut = 0
  /** Resolves when the reader is gone, or all was said. */
  readonly closed: Promise<void>

  constructor(response: ServerResponse) {
    this.#response = response
    this.closed = new Promise(resolve => response.once('close', () => resolve()))
    response.setHeader('Content-Type', 'application/x-ndjson')
    response.flushHeaders()
  }

  /** Resolves when it was taken well enough for more; with false when the reader is gone. */
  async write(line: object): Promise<boolean> {
    if (this.#response.destroyed) return false
    if (this.#response.write(`${JSON.stringify(line)}\n`)) return true
    await Promise.race([new Promise(resolve => this.#response.once('drain', resolve)), this.closed])
    return !this.#response.destroyed
  }

  /** Writes it if there is room. What is left out is counted, and told when there is. */
  offer(line: TraceLine): void {
    if (this.#response.writableLength >= mostWaiting) {
      if (this.#leftOut === 0) this.#response.once('drain', () => this.#tellLeftOut())
      this.#leftOut += 1
    } else this.#response.write(`${JSON.stringify(line)}\n`)
  }

  /** Says that this was all; a last line, if there is one. */
  end(last?: TraceLine): void {
    this.#response.end(last && `${JSON.stringify(last)}\n`)
  }

  #tellLeftOut(): void {
    const count = this.#leftOut
    this.#leftOut = 0
    this.offer({ kind: 'left-out', count })
  }
}
