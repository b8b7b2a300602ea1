import { errorText } from '../model/error-text.js'
import type { Report } from '../model/event.js'
import type { HealthCheck } from '../model/health-check.js'
import type { IpAddress } from '../model/ip-address.js'
import type { Port } from '../model/port.js'
import { type BoundedServer, type ListenHttp, openBoundedServer } from './bounded-server.js'
import { healthCheckAnswer } from './health-check-answer.js'

export interface HealthCheckPortsOptions {
  /** Whether the proxy does its work. Asked at each request. */
  readonly isHealthy: () => boolean
  /** See `BoundedServerOptions`. */
  readonly listen?: ListenHttp
  readonly report: Report
}

/** Where load balancers ask: a port, at one address or at all. */
interface Place {
  readonly healthCheck: HealthCheck
  readonly address: IpAddress | undefined
}

interface OpenPlace extends Place {
  readonly server: BoundedServer
}

const keyOf = ({ healthCheck, address }: Place): string => `${healthCheck.port} ${address ?? '*'}`

/** Tells load balancers which Services have endpoints on this node, as kube-proxy does: an HTTP server for each. */
export class HealthCheckPorts {
  readonly #options: HealthCheckPortsOptions
  #healthChecks: ReadonlyMap<Port, HealthCheck> = new Map()
  readonly #open = new Map<string, OpenPlace>()
  /** Why places could not be opened, as it was reported. */
  readonly #failures = new Map<string, string>()
  #updated: Promise<void> = Promise.resolve()

  constructor(options: HealthCheckPortsOptions) {
    this.#options = options
  }

  /** The ports that load balancers are to reach: not those that another program has. */
  get open(): readonly Port[] {
    return [...new Set([...this.#open.values()].map(({ healthCheck }) => healthCheck.port))]
  }

  /**
   * Answers `healthChecks` from now on, and no others; at `addresses`, or at all when absent. What cannot be opened is reported, does not harm the rest, and is
   * tried again with the next update. Never rejects.
   */
  update(healthChecks: readonly HealthCheck[], addresses?: readonly IpAddress[]): Promise<void> {
    this.#updated = this.#updated.then(() => this.#update(healthChecks, addresses))
    return this.#updated
  }

  /** Answers no longer. May be called twice; resolves when it is done. */
  close(): Promise<void> {
    return this.update([])
  }

  async #update(
    healthChecks: readonly HealthCheck[],
    addresses: readonly (IpAddress | undefined)[] = [undefined],
  ): Promise<void> {
    this.#healthChecks = new Map(healthChecks.map(each => [each.port, each]))
    const places = [...this.#healthChecks.values()].flatMap(healthCheck =>
      addresses.map(address => ({ healthCheck, address })),
    )
    const wanted = new Map(places.map(place => [keyOf(place), place]))
    for (const key of this.#failures.keys()) if (!wanted.has(key)) this.#failures.delete(key)
    // First, as an address that is wanted may be among all of them, which are not wanted any more.
    for (const [key, place] of this.#open) if (!wanted.has(key)) await this.#close(key, place)
    for (const [key, place] of wanted) if (!this.#open.has(key)) await this.#tryToOpen(key, place)
  }

  async #close(key: string, { server, ...place }: OpenPlace): Promise<void> {
    this.#open.delete(key)
    await server.close()
    this.#options.report({ type: 'health-check-port', state: 'closed', ...told(place) })
  }

  async #tryToOpen(key: string, place: Place): Promise<void> {
    const { listen, report } = this.#options
    const { healthCheck, address } = place
    const failed = (error: unknown): void => {
      const reason = errorText(error)
      if (this.#failures.get(key) === reason) return
      this.#failures.set(key, reason)
      report({ type: 'health-check-failed', ...told(place), reason })
    }
    try {
      const answer = () => this.#answer(healthCheck.port)
      const server = await openBoundedServer({ port: healthCheck.port, address, listen, answer, failed })
      this.#failures.delete(key)
      this.#open.set(key, { ...place, server })
      report({ type: 'health-check-port', state: 'open', ...told(place) })
    } catch (error) {
      failed(error)
    }
  }

  #answer(port: Port): ReturnType<typeof healthCheckAnswer> | undefined {
    const healthCheck = this.#healthChecks.get(port)
    return healthCheck && healthCheckAnswer(healthCheck, { isHealthy: this.#options.isHealthy() })
  }
}

/** A place as events tell it. */
const told = ({
  healthCheck,
  address,
}: Place): { readonly healthCheck: HealthCheck; readonly address?: IpAddress } => ({
  healthCheck,
  ...(address !== undefined && { address }),
})
