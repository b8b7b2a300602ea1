import { byPlace, type Endpoint, endpointText, isSameEndpoint, sameEndpoints } from '../model/endpoint.js'
import type { IpAddress } from '../model/ip-address.js'
import type { Picker } from './picker.js'

/**
 * Deals endpoints in turn, whoever the client is. A new set is shuffled, so that many nodes that see the same
 * change do not all begin with the same endpoint.
 */
export class RoundRobin implements Picker {
  readonly #random: () => number
  /** Sorted, so that an equal set is told whatever its order. */
  #endpoints: readonly Endpoint[] = []
  #order: readonly Endpoint[] = []
  #turn = 0

  /** `random` gives numbers from 0 up to but not including 1. */
  constructor(random: () => number) {
    this.#random = random
  }

  next(_client: IpAddress, failed: readonly Endpoint[] = []): Endpoint | undefined {
    const turn = this.#turnOf(failed)
    const endpoint = this.#order[turn]
    if (endpoint) this.#turn = (turn + 1) % this.#order.length
    return endpoint
  }

  /** What `next` would say. */
  peek(failed: readonly Endpoint[]): Endpoint | undefined {
    return this.#order[this.#turnOf(failed)]
  }

  forget(): void {
    // Nothing is remembered of clients.
  }

  replace(endpoints: readonly Endpoint[]): void {
    const next = distinct(endpoints)
    if (sameEndpoints(next, this.#endpoints)) return
    this.#endpoints = next
    // As they came, unless some came twice.
    this.#order = shuffled([...(next.length === endpoints.length ? endpoints : next)], this.#random)
    this.#turn = 0
  }

  #turnOf(failed: readonly Endpoint[]): number {
    return failed.length === 0 ? this.#turn : this.#turnAfter(failed)
  }

  /** The first in turn that has not failed, or else whose failure is oldest. */
  #turnAfter(failed: readonly Endpoint[]): number {
    const failures = failed.map(endpointText)
    const inTurn = [...this.#order.slice(this.#turn), ...this.#order.slice(0, this.#turn)]
    const ranks = inTurn.map(endpoint => failures.lastIndexOf(endpointText(endpoint)))
    const lowest = ranks.reduce((one, other) => Math.min(one, other), Infinity)
    return (this.#turn + ranks.indexOf(lowest)) % ranks.length
  }
}

/** Each once, and sorted. */
const distinct = (endpoints: readonly Endpoint[]): readonly Endpoint[] =>
  endpoints.toSorted(byPlace).filter((each, at, all) => !isSameEndpoint(each, all[at - 1]))

/** Puts the values into random order (Fisher and Yates), in place: there may be 10,000. */
const shuffled = <Value extends object>(values: Value[], random: () => number): readonly Value[] => {
  for (const [index, value] of values.entries()) {
    const other = index + Math.floor(random() * (values.length - index))
    values[index] = values[other] ?? value
    values[other] = value
  }
  return values
}
