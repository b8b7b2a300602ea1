import type { Clock } from '../model/clock.js'
import { type Endpoint, endpointText } from '../model/endpoint.js'
import type { IpAddress } from '../model/ip-address.js'
import { type Milliseconds, milliseconds, seconds } from '../model/milliseconds.js'
import type { Picker } from './picker.js'

/** How an endpoint that has failed is treated. */
interface Suspect {
  readonly endpoint: Endpoint
  /** How long it was avoided, or is. */
  readonly span: Milliseconds
  readonly until: Milliseconds
  /** One client tries it: it is avoided by the others until that has had time to fail. */
  readonly onTrial: boolean
}

const firstSpan = seconds(5)
const longestSpan = seconds(60)
const trial = seconds(1)

/**
 * Passes over endpoints that have failed: for 5 s, twice as long after each trial that fails, 60 s at most. Then one client
 * tries again, and the others when that did not fail. At most half of the endpoints are passed over, so never the last one; a
 * client that has tried all others gets one of them.
 */
export class Avoiding implements Picker {
  readonly #picker: Picker
  readonly #clock: Clock
  /** The one that failed last comes last. */
  readonly #suspects = new Map<string, Suspect>()
  #endpoints = 0

  constructor(picker: Picker, { clock }: { readonly clock: Clock }) {
    this.#picker = picker
    this.#clock = clock
  }

  next(client: IpAddress, failed: readonly Endpoint[] = []): Endpoint | undefined {
    if (this.#suspects.size === 0) return this.#picker.next(client, failed)
    const endpoint = this.#picker.next(client, [...this.#avoided(), ...failed])
    if (endpoint) this.#beginTrial(endpoint)
    return endpoint
  }

  /** Those that are passed over now. */
  get avoided(): readonly Endpoint[] {
    return this.#suspects.size === 0 ? [] : this.#avoided()
  }

  /** Those that have failed, and have not been tried since; more than are avoided, where most have. */
  get failing(): readonly Endpoint[] {
    const now = this.#clock.now()
    return [...this.#suspects.values()]
      .filter(({ until, onTrial }) => !onTrial || until > now)
      .map(({ endpoint }) => endpoint)
  }

  forget(client: IpAddress, endpoint: Endpoint): void {
    this.#suspect(endpoint)
    this.#picker.forget(client, endpoint)
  }

  replace(endpoints: readonly Endpoint[]): void {
    this.#endpoints = endpoints.length
    const texts = this.#suspects.size > 0 ? new Set(endpoints.map(endpointText)) : undefined
    for (const text of this.#suspects.keys()) if (!texts?.has(text)) this.#suspects.delete(text)
    this.#picker.replace(endpoints)
  }

  #avoided(): Endpoint[] {
    const now = this.#clock.now()
    for (const [text, { until, onTrial }] of this.#suspects)
      if (onTrial && until <= now) this.#suspects.delete(text)
    const most = Math.floor(this.#endpoints / 2)
    const avoided = [...this.#suspects.values()].filter(({ until }) => until > now)
    return avoided.slice(Math.max(0, avoided.length - most)).map(({ endpoint }) => endpoint)
  }

  #beginTrial(endpoint: Endpoint): void {
    const text = endpointText(endpoint)
    const suspect = this.#suspects.get(text)
    const now = this.#clock.now()
    if (!suspect || suspect.until > now) return
    this.#suspects.set(text, { ...suspect, until: milliseconds(now + trial), onTrial: true })
  }

  /** Many clients at once may find the same failure: that is one. */
  #suspect(endpoint: Endpoint): void {
    const text = endpointText(endpoint)
    const now = this.#clock.now()
    const known = this.#suspects.get(text)
    if (known && known.until > now && !known.onTrial) return
    const span = known ? milliseconds(Math.min(known.span * 2, longestSpan)) : firstSpan
    this.#suspects.delete(text)
    this.#suspects.set(text, { endpoint, span, until: milliseconds(now + span), onTrial: false })
  }
}
