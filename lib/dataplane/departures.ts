import type { Alarm, Clock } from '../model/clock.js'
import { type Endpoint, endpointText } from '../model/endpoint.js'
import { type Milliseconds, milliseconds } from '../model/milliseconds.js'
import type { OnEndpointGone } from '../model/terms.js'
import { Crowd, type Place } from './crowd.js'

/** A connection, as far as it matters here, and where it goes. */
export interface Bound {
  readonly connection: { breakOff(reason: 'endpoint gone'): void }
  /** The endpoint's text. */
  readonly to: string
}

/**
 * What becomes of the connections of one service port when their endpoint serves no longer. An endpoint that is back before
 * its grace is over was never gone.
 */
export class Departures {
  readonly #clock: Clock
  readonly #bound = new Crowd<Bound>()
  readonly #goneSince = new Map<string, Milliseconds>()
  #endpoints: readonly Endpoint[] = []
  /** The texts of `#endpoints`, once somebody asks: most service ports have no connection when they change. */
  #texts: ReadonlySet<string> | undefined
  #policy: OnEndpointGone = { kind: 'keep' }
  #alarm: Alarm | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A connection to `endpoint` is open. */
  add(connection: Bound['connection'], endpoint: Endpoint): Place<Bound> {
    const to = endpointText(endpoint)
    const place = this.#bound.add({ connection, to })
    // It may have gone while it was dialled.
    if (!this.#serves(to)) {
      this.#note()
      this.#schedule()
    }
    return place
  }

  /** It is closed. */
  delete(place: Place<Bound>): void {
    this.#bound.delete(place)
    if (this.#bound.size > 0) return
    this.#alarm?.cancel()
    this.#goneSince.clear()
  }

  /** These serve from now on, and what becomes of connections to others. */
  update(endpoints: readonly Endpoint[], policy: OnEndpointGone): void {
    // Nearly always, at each sync of thousands of service ports.
    if (endpoints === this.#endpoints && policy === this.#policy) return
    this.#endpoints = endpoints
    this.#texts = undefined
    this.#policy = policy
    this.#note()
    this.#schedule()
  }

  #serves(text: string): boolean {
    this.#texts ??= new Set(this.#endpoints.map(endpointText))
    return this.#texts.has(text)
  }

  /** Notes since when the endpoints of open connections have been gone, of those that are. */
  #note(): void {
    const now = this.#clock.now()
    const gone = new Set(this.#bound.members.map(({ to }) => to).filter(to => !this.#serves(to)))
    for (const text of this.#goneSince.keys()) if (!gone.has(text)) this.#goneSince.delete(text)
    for (const text of gone) if (!this.#goneSince.has(text)) this.#goneSince.set(text, now)
  }

  /** Comes back when the next grace is over. */
  #schedule(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
    if (this.#policy.kind === 'keep' || this.#goneSince.size === 0) return
    const { grace } = this.#policy
    const due = Math.min(...this.#goneSince.values()) + grace
    const delay = milliseconds(Math.max(0, due - this.#clock.now()))
    this.#alarm = this.#clock.after(delay, () => this.#breakOff(grace))
  }

  #breakOff(grace: Milliseconds): void {
    const now = this.#clock.now()
    for (const { connection, to } of this.#bound.members) {
      const since = this.#goneSince.get(to)
      if (since !== undefined && now - since >= grace) connection.breakOff('endpoint gone')
    }
    this.#note()
    this.#schedule()
  }
}
