import type { Clock } from '../model/clock.js'
import { type Endpoint, endpointText, isSameEndpoint } from '../model/endpoint.js'
import type { IpAddress } from '../model/ip-address.js'
import { type Milliseconds, milliseconds } from '../model/milliseconds.js'
import type { Picker } from './picker.js'

/** Where a client was sent, and how long ago last. */
export interface KnownPin {
  readonly client: IpAddress
  readonly endpoint: Endpoint
  readonly age: Milliseconds
}

/** Where a client was sent, and when last. */
interface Pin {
  readonly endpoint: Endpoint
  /** By our clock; before 0, if that is younger. */
  readonly usedAt: number
}

export interface StickyOptions {
  readonly clock: Clock
  /** How long after its last new connection a client returns to its endpoint. */
  readonly timeout: Milliseconds
  /** Clients that were pinned before, the one unseen for longest first. */
  readonly pins?: readonly KnownPin[]
  /** How many clients are remembered; beyond that the one unseen for longest is forgotten. */
  readonly limit?: number
}

/** Sends a client back to the endpoint it had, and asks another picker for the clients it does not know. */
export class Sticky implements Picker {
  readonly #picker: Picker
  readonly #clock: Clock
  readonly #limit: number
  /** The one unseen for longest comes first: each use puts its pin at the end. */
  readonly #pins = new Map<IpAddress, Pin>()
  /** Counts for the clients already known, too. */
  timeout: Milliseconds

  constructor(picker: Picker, { clock, timeout, pins = [], limit = 65_536 }: StickyOptions) {
    this.#picker = picker
    this.#clock = clock
    this.#limit = limit
    this.timeout = timeout
    const now = clock.now()
    for (const { client, endpoint, age } of pins) this.#pin(client, { endpoint, usedAt: now - age })
  }

  /** Those who are remembered, the one unseen for longest first. */
  get pins(): readonly KnownPin[] {
    const now = this.#clock.now()
    return [...this.#pins].map(([client, { endpoint, usedAt }]) => ({
      client,
      endpoint,
      age: milliseconds(now - usedAt),
    }))
  }

  /** How many clients are remembered. */
  get clients(): number {
    return this.#pins.size
  }

  /** Where `client` returns to, and how long ago it came last; undefined when it is free to go anywhere. */
  pinOf(client: IpAddress): KnownPin | undefined {
    const pin = this.#pins.get(client)
    const age = this.#clock.now() - (pin?.usedAt ?? -Infinity)
    return pin && age < this.timeout ? { client, endpoint: pin.endpoint, age: milliseconds(age) } : undefined
  }

  next(client: IpAddress, failed: readonly Endpoint[] = []): Endpoint | undefined {
    const now = this.#clock.now()
    this.#dropExpired(now)
    const pinned = this.#pins.get(client)?.endpoint
    this.#pins.delete(client)
    const mayReturn = pinned && !failed.some(endpoint => isSameEndpoint(endpoint, pinned))
    const endpoint = mayReturn ? pinned : this.#picker.next(client, failed)
    if (endpoint) this.#pin(client, { endpoint, usedAt: now })
    return endpoint
  }

  forget(client: IpAddress, endpoint: Endpoint): void {
    const pin = this.#pins.get(client)
    if (pin && isSameEndpoint(pin.endpoint, endpoint)) this.#pins.delete(client)
    this.#picker.forget(client, endpoint)
  }

  replace(endpoints: readonly Endpoint[]): void {
    const stays = this.#pins.size > 0 ? new Set(endpoints.map(endpointText)) : undefined
    for (const [client, { endpoint }] of this.#pins)
      if (!stays?.has(endpointText(endpoint))) this.#pins.delete(client)
    this.#picker.replace(endpoints)
  }

  #pin(client: IpAddress, pin: Pin): void {
    this.#pins.set(client, pin)
    if (this.#pins.size <= this.#limit) return
    for (const [oldest] of this.#pins) {
      this.#pins.delete(oldest)
      return
    }
  }

  #dropExpired(now: Milliseconds): void {
    for (const [client, { usedAt }] of this.#pins) {
      if (now - usedAt < this.timeout) return
      this.#pins.delete(client)
    }
  }
}
