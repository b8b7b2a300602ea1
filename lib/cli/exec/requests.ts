import type { Signals } from '../signals.js'

const requests = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Requests to stop: they are for the command while it runs, and end our own work before and after. */
export class Requests implements Signals {
  readonly #first = new AbortController()
  readonly #second = new AbortController()
  readonly first: AbortSignal = this.#first.signal
  readonly second: AbortSignal = this.#second.signal
  /** Who gets them; absent: ourselves. */
  heard: ((signal: NodeJS.Signals) => void) | undefined
  readonly #asked = (signal: NodeJS.Signals): void => {
    if (this.heard) this.heard(signal)
    else this.stop()
  }

  constructor() {
    for (const signal of requests) process.on(signal, this.#asked)
  }

  stop(): void {
    if (this.first.aborted) this.#second.abort()
    else this.#first.abort()
  }

  passTo(): void {
    // There is nobody after us.
  }

  close(): void {
    for (const signal of requests) process.off(signal, this.#asked)
  }
}
