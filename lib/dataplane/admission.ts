import type { ServicePortId } from '../model/service-port.js'
import type { Budget } from '../stream/budget.js'

/** A client's socket and its endpoint's. */
const perConnection = 2

export type Refusal = 'more than its share of connections' | 'too many connections'

/**
 * Lets clients in as long as there are descriptors. When nine of ten are used, only to service ports that hold less than the
 * average: whoever is flooded waits first, and the rest goes on. Running out would be worse: the system would accept
 * and drop everybody, and say nothing.
 */
export class Admission {
  readonly #descriptors: Budget
  readonly #scarce: number
  readonly #held = new Map<ServicePortId, number>()
  #total = 0

  constructor(descriptors: Budget) {
    this.#descriptors = descriptors
    this.#scarce = descriptors.left / 10
  }

  /** Counts one connection of `servicePort`, or says why it may not be. */
  enter(servicePort: ServicePortId): Refusal | undefined {
    const { left } = this.#descriptors
    if (left < perConnection) return 'too many connections'
    const held = this.#held.get(servicePort) ?? 0
    const isScarce = left < this.#scarce
    if (isScarce && held > 0 && held * this.#held.size >= this.#total)
      return 'more than its share of connections'
    this.#descriptors.take(perConnection)
    this.#held.set(servicePort, held + 1)
    this.#total += 1
    return undefined
  }

  leave(servicePort: ServicePortId): void {
    const held = this.#held.get(servicePort) ?? 0
    if (held > 1) this.#held.set(servicePort, held - 1)
    else this.#held.delete(servicePort)
    this.#total -= 1
    this.#descriptors.giveBack(perConnection)
  }
}
