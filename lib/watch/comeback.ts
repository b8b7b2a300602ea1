import type { Answer, GetOptions, Transport } from './transport.js'

/**
 * A transport that lets all who use it know when the server is back: who waits after a failure of his own need not wait for
 * longer than the first who is answered.
 */
export class Comeback implements Transport {
  readonly #transport: Transport
  #away = false
  #next = new AbortController()

  constructor(transport: Transport) {
    this.#transport = transport
  }

  get watchSeconds(): readonly [number, number] {
    return this.#transport.watchSeconds
  }

  /** Aborts when a request is answered after one that was not. */
  get returned(): AbortSignal {
    return this.#next.signal
  }

  async get(path: string, options: GetOptions): Promise<Answer> {
    try {
      const answer = await this.#transport.get(path, options)
      this.#answered()
      return answer
    } catch (error) {
      this.#away = true
      throw error
    }
  }

  close(): void {
    this.#transport.close()
  }

  #answered(): void {
    // Only after an absence: else those who fail in another way would wake each other without end.
    if (!this.#away) return
    this.#away = false
    const waited = this.#next
    this.#next = new AbortController()
    waited.abort()
  }
}
