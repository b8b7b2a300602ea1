import { type Endpoint, endpointText } from '../model/endpoint.js'
import type { IpAddress } from '../model/ip-address.js'
import type { Picker } from './picker.js'

/**
 * Deals endpoints in turn, whoever the client is. A new set is shuffled, so that many nodes that see the same
 * change do not all begin with the same endpoint.
 */
export class RoundRobin implements Picker {
  readonly #random: () => number
  #endpoints: ReadonlyMap<string, Endpoint> = new Map()
  #order: readonly Endpoint[] = []
  #turn = 0

  /** `random` gives numbers from 0 up to but not including 1. */
  constructor(random: () => number) {
    this.#random = random
  }

  next(_client: IpAddress, failed: readonly Endpoint[] = []): Endpoint | undefined {
    const turn = failed.length === 0 ? this.#turn : this.#turnAfter(failed)
    const endpoint = this.#order[turn]
    if (endpoint) this.#turn = (turn + 1) % this.#order.length
    return endpoint
  }

  forget(): void {
    // Nothing is remembered of clients.
  }

  replace(endpoints: readonly Endpoint[]): void {
    const next = new Map(endpoints.map(endpoint => [endpointText(endpoint), endpoint]))
    if (next.size === this.#endpoints.size && [...next.keys()].every(text => this.#endpoints.has(text)))
      return
    this.#endpoints = next
    this.#order = shuffled([...next.values()], this.#random)
    this.#turn = 0
  }

  /** The first in turn that has not failed, or else whose failure is oldest. */
  #turnAfter(failed: readonly Endpoint[]): number {
    const failures = failed.map(endpointText)
    const inTurn = [...this.#order.slice(this.#turn), ...this.#order.slice(0, this.#turn)]
    const ranks = inTurn.map(endpoint => failures.lastIndexOf(endpointText(endpoint)))
    return (this.#turn + ranks.indexOf(Math.min(...ranks))) % ranks.length
  }
}

/** The same values in random order (Fisher and Yates). */
const shuffled = <Value>(values: readonly Value[], random: () => number): Value[] => {
  const left = [...values]
  return values.flatMap(() => left.splice(Math.floor(random() * left.length), 1))
}
