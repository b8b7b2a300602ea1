import type { Clock } from '../model/clock.js'
import type { ApiAbsence } from '../model/cluster-service.js'
import type { Report } from '../model/event.js'
import type { Milliseconds } from '../model/milliseconds.js'
import type { Answer, GetOptions, Transport } from './transport.js'

export interface ContactParts {
  readonly transport: Transport
  readonly clock: Clock
  readonly report: Report
}

/** The way of one mirror to the API server, which knows whether that works. */
export class Contact implements Transport {
  readonly #parts: ContactParts
  #trouble: { readonly since: Milliseconds; readonly reason: string } | undefined

  constructor(parts: ContactParts) {
    this.#parts = parts
  }

  get watchSeconds(): readonly [number, number] {
    return this.#parts.transport.watchSeconds
  }

  /** Since when what the mirror asks for does not come; undefined while it does. */
  get absence(): ApiAbsence | undefined {
    if (!this.#trouble) return undefined
    const { since, reason } = this.#trouble
    return { lasts: this.#parts.clock.now() - since, reason }
  }

  /** To be told what the mirror reports. */
  readonly report: Report = event => {
    // A list that is too old is asked for anew: the server is there.
    if (event.type === 'api-trouble' && event.trouble !== 'expired')
      this.#trouble = { since: this.#trouble?.since ?? this.#parts.clock.now(), reason: event.reason }
    this.#parts.report(event)
  }

  async get(path: string, options: GetOptions): Promise<Answer> {
    const answer = await this.#parts.transport.get(path, options)
    if (answer.status === 200) this.#trouble = undefined
    return answer
  }

  close(): void {
    this.#parts.transport.close()
  }
}
