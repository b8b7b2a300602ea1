import type { Estate } from '../dataplane/estate.js'
import { listenSocks, type ListenSocksOptions, type SocksListener } from '../dataplane/socks/listen-socks.js'
import { type Endpoint, endpointText } from '../model/endpoint.js'
import { errorCode, errorText } from '../model/error-text.js'
import { Failure } from '../model/failure.js'
import { port } from '../model/port.js'
import type { Inheritance } from './inheritance.js'

/** Where SOCKS clients come to unless something else is asked for. */
const usual = 1080

/** Somebody with two clusters runs two of us, and has no ports to give away: so the next free one will do, up to this. */
const last = 1089

/** From what was asked for on. */
const placesFrom = (wanted: Endpoint): readonly Endpoint[] =>
  wanted.port === usual
    ? Array.from({ length: last - usual + 1 }, (_, more) => ({ ...wanted, port: port(usual + more) }))
    : [wanted]

export interface SocksPortParts extends Omit<ListenSocksOptions, 'place' | 'inherited'> {
  readonly wanted: Endpoint
  readonly estate: Estate
  readonly inheritance: Inheritance | undefined
}

/** Where programs come that say themselves which Service they want. */
export class SocksPort {
  readonly #parts: SocksPortParts
  #listener: SocksListener | undefined

  constructor(parts: SocksPortParts) {
    this.#parts = parts
  }

  /** Opens it, where it is not open. Rejects with a Failure `conflict` where that cannot be. */
  async start(): Promise<void> {
    if (this.#listener) return
    const { wanted, estate, inheritance, report } = this.#parts
    const places = placesFrom(wanted)
    const named = (place: Endpoint): string => `SOCKS ${endpointText(place)}`
    for (const place of places) {
      const inherited = await inheritance?.predecessor.server(named(place))
      const listener = await this.#listen(place, inherited)
      if (!listener) continue
      this.#listener = listener
      estate.addServer(named(place), listener.server)
      report({ type: 'socks-port', place, ...(place.port !== wanted.port && { insteadOf: wanted.port }) })
      return
    }
    const what =
      places.length === 1 ? endpointText(wanted) : `${endpointText(wanted)} and those up to ${last}`
    throw new Failure('conflict', `other programs have port ${what}, where SOCKS clients are to come`, {
      cure: 'choose another one with --socks-bind-address',
    })
  }

  /** See `SocksListener`. */
  async close(): Promise<void> {
    await this.#listener?.close()
  }

  /** Undefined where another program has it. */
  async #listen(
    place: Endpoint,
    inherited: ListenSocksOptions['inherited'],
  ): Promise<SocksListener | undefined> {
    try {
      return await listenSocks({ ...this.#parts, place, inherited })
    } catch (error) {
      if (errorCode(error) === 'EADDRINUSE') return undefined
      throw new Failure('conflict', `cannot listen at ${endpointText(place)}: ${errorText(error)}`, {
        cure: 'choose another place with --socks-bind-address',
        cause: error,
      })
    }
  }
}
