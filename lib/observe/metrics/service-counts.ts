import type { ProxyEvent } from '../../model/event.js'
import { type ServicePortId, serviceOf } from '../../model/service-port.js'
import type { Labels, Metric } from './metric.js'
import { serviceMetrics, ServiceNumbers } from './service-numbers.js'

/** Bytes of a connection that is open. */
export interface OpenTraffic {
  readonly servicePort: ServicePortId
  readonly sent: number
  readonly received: number
}

interface Beginning {
  readonly servicePort: ServicePortId
  readonly attempt: number
}

const TCP = { open: 'open', all: 'connections' } as const
const UDP = { open: 'openFlows', all: 'flows' } as const
type Protocol = typeof TCP | typeof UDP

/** A Service that has listeners, or clients still. */
interface CountedService {
  readonly labels: Labels
  /** Its own, or those of the rest. */
  readonly numbers: ServiceNumbers
  /** Connections and flows that are open. */
  clients: number
  /** Those of its service ports that have listeners. */
  readonly listening: Set<ServicePortId>
  /** All of its service ports that were heard of. */
  readonly ids: Set<ServicePortId>
}

/** No namespace, and no Service, can be called so. */
const others: Labels = { namespace: '_other', service: '_other' }

const keyOf = ({ namespace, service }: ReturnType<typeof serviceOf>): string => `${namespace}/${service}`

/**
 * Counts what clients did, for each Service. The first `most` Services have numbers of their own; a Service that is gone gives its
 * place back with its last client. What the rest do is summed up. For each connection it only adds, to what was found once.
 */
export class ServiceCounts {
  readonly #most: number
  readonly #ofPort = new Map<ServicePortId, CountedService>()
  readonly #services = new Map<string, CountedService>()
  /** Of those that have none of their own. */
  readonly #rest = new ServiceNumbers()
  #own = 0

  constructor(most: number) {
    this.#most = most
  }

  note(event: ProxyEvent): void {
    if (event.type === 'connected') this.#began(event, TCP)
    else if (event.type === 'disconnected') this.#ended(event, TCP)
    else if (event.type === 'flow-began') this.#began(event, UDP)
    else if (event.type === 'flow-ended') this.#ended(event, UDP)
    else if (event.type === 'dial-failed' || event.type === 'flow-failed')
      this.#known(event.servicePort).failures += 1
    else if (event.type === 'turned-away') this.#known(event.servicePort).reset.add(event.reason)
    else if (event.type === 'flow-refused') this.#known(event.servicePort).lost.add(event.reason)
    else if (event.type === 'listening') this.#of(event.servicePort).listening.add(event.servicePort)
    else if (event.type === 'closed') this.#closed(event.servicePort)
  }

  /** As it is now, with what `open` connections have carried so far. */
  metrics(open: Iterable<OpenTraffic>): readonly Metric[] {
    const now = new Map<ServiceNumbers, ServiceNumbers>()
    for (const { servicePort, sent, received } of open) {
      const numbers = this.#known(servicePort)
      const sum = now.get(numbers) ?? Object.assign(new ServiceNumbers(), numbers)
      sum.sent += sent
      sum.received += received
      now.set(numbers, sum)
    }
    const own = [...this.#services.values()].filter(({ numbers }) => numbers !== this.#rest)
    const told = [...own, { labels: others, numbers: this.#rest }]
    return serviceMetrics(
      told.map(({ labels, numbers }) => ({ labels, numbers: now.get(numbers) ?? numbers })),
    )
  }

  #began({ servicePort, attempt }: Beginning, { open, all }: Protocol): void {
    const service = this.#of(servicePort)
    const { numbers } = service
    service.clients += 1
    numbers[open] += 1
    numbers[all] += 1
    if (attempt > 1) numbers.retries += 1
  }

  #ended({ servicePort, sent, received }: OpenTraffic, { open }: Protocol): void {
    const service = this.#of(servicePort)
    const { numbers } = service
    service.clients -= 1
    numbers[open] -= 1
    numbers.sent += sent
    numbers.received += received
    if (service.clients === 0) this.#leave(servicePort)
  }

  #closed(id: ServicePortId): void {
    this.#ofPort.get(id)?.listening.delete(id)
    this.#leave(id)
  }

  /** For what happens to single clients when their Service may be gone, and would not be let go of again. */
  #known(id: ServicePortId): ServiceNumbers {
    return this.#ofPort.get(id)?.numbers ?? this.#rest
  }

  #of(id: ServicePortId): CountedService {
    const known = this.#ofPort.get(id)
    if (known) return known
    const name = serviceOf(id)
    const service = this.#services.get(keyOf(name)) ?? this.#enter(name)
    service.ids.add(id)
    this.#ofPort.set(id, service)
    return service
  }

  #enter(name: ReturnType<typeof serviceOf>): CountedService {
    const own = this.#own < this.#most
    const numbers = own ? new ServiceNumbers() : this.#rest
    const service = {
      labels: { ...name },
      numbers,
      clients: 0,
      listening: new Set<ServicePortId>(),
      ids: new Set<ServicePortId>(),
    }
    if (own) this.#own += 1
    this.#services.set(keyOf(name), service)
    return service
  }

  /** Lets go of the Service of a service port where nothing can happen to its clients any more. */
  #leave(id: ServicePortId): void {
    const service = this.#ofPort.get(id)
    if (!service || service.listening.size > 0 || service.clients > 0) return
    for (const each of service.ids) this.#ofPort.delete(each)
    this.#services.delete(keyOf(serviceOf(id)))
    if (service.numbers !== this.#rest) this.#own -= 1
  }
}
