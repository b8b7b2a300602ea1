import type { ServicePortId } from '../model/service-port.js'
import { Admission, type Refusal } from './admission.js'
import { Budget } from './budget.js'

/** A client that is being served, from its arrival until it is gone. */
export interface OpenConnection {
  readonly kind: 'open'
  /** From 1, never used again. */
  readonly number: number
  /** Aborts when the connection shall end now. */
  readonly signal: AbortSignal
  readonly abort: () => void
  /** It is over. */
  readonly close: () => void
}

/** A client for whom there is no room. */
export interface RefusedConnection {
  readonly kind: 'refused'
  readonly number: number
  readonly reason: Refusal
}

/** All clients that are being served, over all listeners, so that a stop can wait for them and end the rest. */
export class Connections {
  /** Those left for connections and listeners. */
  readonly descriptors: Budget
  readonly #admission: Admission
  readonly #open = new Set<AbortController>()
  #opened = 0
  #waiting: (() => void)[] = []

  constructor(descriptors = new Budget(Infinity)) {
    this.descriptors = descriptors
    this.#admission = new Admission(descriptors)
  }

  get count(): number {
    return this.#open.size
  }

  /** Resolves when none is open, which may be now. */
  get ended(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve()
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  /** Lets a client of `servicePort` in, or says why not. */
  open(servicePort: ServicePortId): OpenConnection | RefusedConnection {
    this.#opened += 1
    const number = this.#opened
    const reason = this.#admission.enter(servicePort)
    if (reason) return { kind: 'refused', number, reason }
    const controller = new AbortController()
    this.#open.add(controller)
    return {
      kind: 'open',
      number,
      signal: controller.signal,
      abort: () => controller.abort(),
      close: () => {
        if (!this.#open.delete(controller)) return
        this.#admission.leave(servicePort)
        this.#look()
      },
    }
  }

  /** Ends all at once; clients and endpoints see a reset. Returns how many there were. */
  reset(): number {
    const { size } = this.#open
    for (const controller of this.#open) controller.abort()
    return size
  }

  #look(): void {
    if (this.#open.size > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
