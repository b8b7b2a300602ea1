import type { Clock } from '../model/clock.js'
import { type Endpoint, sameEndpoints } from '../model/endpoint.js'
import { errorText } from '../model/error-text.js'
import type { IpAddress } from '../model/ip-address.js'
import { seconds } from '../model/milliseconds.js'
import { wait } from '../model/wait.js'
import type { OwnServer } from './translation/own-service.js'
import { apiServerAt, portOf } from './own-portal.js'

/** All addresses that a host name has. Rejects where it has none, or nobody tells. */
export type Lookup = (host: string) => Promise<readonly IpAddress[]>

export interface ServerAddressesOptions {
  readonly server: URL
  /** Whether we go there through a proxy of the kubeconfig's. */
  readonly proxied: boolean
  readonly lookup: Lookup
  readonly clock: Clock
}

/** How often a name is looked up: nobody tells us for how long an answer is good. */
const every = seconds(60)

/** Why clients of the API server's own Service cannot be led there; undefined where they can. */
const whyNotForClients = ({
  server,
  proxied,
}: Pick<ServerAddressesOptions, 'server' | 'proxied'>): string | undefined => {
  if (proxied) return 'the kubeconfig has a proxy for it'
  if (server.protocol !== 'https:') return 'it does not speak TLS, as clients of the Service do'
  return server.pathname === '/' ? undefined : 'it has a path, which clients of the Service do not know'
}

/** What `promise` says, unless `signal` aborts before: nobody can end a lookup. */
const unlessAborted = <Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('given up'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })

/** Where the API server is: at the address in its URL, or at all that its name has, as they are by now. */
export class ServerAddresses {
  readonly #options: ServerAddressesOptions
  readonly #isName: boolean
  #known: readonly Endpoint[]
  #trouble: string | undefined

  constructor(options: ServerAddressesOptions) {
    this.#options = options
    const literal = apiServerAt(options.server)
    this.#isName = literal === undefined
    this.#known = literal ? [literal] : []
  }

  /** As they were when they could be told last; none yet, perhaps. */
  get known(): readonly Endpoint[] {
    return this.#known
  }

  /** The same for clients of the API server's own Service, or why they cannot be led there. */
  get told(): OwnServer {
    const { server } = this.#options
    const why = whyNotForClients(this.#options) ?? this.trouble
    return { url: server.href.replace(/\/$/, ''), endpoints: this.#known, why }
  }

  /** Why none is known; undefined when some are, or nobody was asked. */
  get trouble(): string | undefined {
    return this.#known.length === 0 ? this.#trouble : undefined
  }

  /** Looks the name up, if it is one, until `signal` aborts. Never rejects. Resolves with whether the addresses are others than before. */
  async ask(signal: AbortSignal): Promise<boolean> {
    if (!this.#isName) return false
    const { server, lookup } = this.#options
    const before = this.#known
    try {
      const found = [...(await unlessAborted(lookup(server.hostname), signal))].sort()
      if (found.length > 0) this.#known = found.map(address => ({ address, port: portOf(server) }))
    } catch (error) {
      this.#trouble = errorText(error)
    }
    return !sameEndpoints(before, this.#known)
  }

  /** Looks the name up every minute until `signal` aborts, and calls `changed` after it meant others. */
  async run(signal: AbortSignal, changed: () => void): Promise<void> {
    while (this.#isName && !signal.aborted) {
      if (await this.ask(signal)) changed()
      await wait(this.#options.clock, every, signal)
    }
  }
}
