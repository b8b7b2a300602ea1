/** A client that is being served, from its arrival until it is gone. */
export interface OpenConnection {
  /** From 1, never used again. */
  readonly number: number
  /** Aborts when the connection shall end now. */
  readonly signal: AbortSignal
  readonly abort: () => void
  /** It is over. */
  readonly close: () => void
}

/** All clients that are being served, over all listeners, so that a stop can wait for them and end the rest. */
export class Connections {
  readonly #open = new Set<AbortController>()
  #opened = 0
  #waiting: (() => void)[] = []

  get count(): number {
    return this.#open.size
  }

  /** Resolves when none is open, which may be now. */
  get ended(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve()
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  open(): OpenConnection {
    const controller = new AbortController()
    this.#open.add(controller)
    this.#opened += 1
    return {
      number: this.#opened,
      signal: controller.signal,
      abort: () => controller.abort(),
      close: () => this.#close(controller),
    }
  }

  /** Ends all at once; clients and endpoints see a reset. Returns how many there were. */
  reset(): number {
    const { size } = this.#open
    for (const controller of this.#open) controller.abort()
    return size
  }

  #close(controller: AbortController): void {
    this.#open.delete(controller)
    if (this.#open.size > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
