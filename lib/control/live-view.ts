import type { Clock } from '../model/clock.js'
import type { ProxyEvent } from '../model/event.js'
import type { Milliseconds } from '../model/milliseconds.js'
import { familyOf } from '../model/ip-address.js'
import type { ServicePortId } from '../model/service-port.js'
import { isTraffic, type TrafficEvent } from '../model/traffic-event.js'

export interface LiveViewOptions {
  readonly clock: Clock
  /** The event in words. */
  readonly textOf: (event: ProxyEvent) => string
}

type EventType = ProxyEvent['type']

/** What of the whole may go wrong, and what says that it does not any more. */
const ends: Partial<Readonly<Record<EventType, EventType>>> = {
  'sync-failed': 'synced',
  'state-not-saved': 'state-saved-again',
  'successor-failed': 'successor-started',
}

/** What stays wrong until it is said to be otherwise, or we are started anew. */
const lasting: ReadonlySet<EventType> = new Set([
  'conntrack-failed',
  'node-ports-nowhere',
  'unnumbered-interfaces',
])

const starts = new Map(Object.entries(ends).map(([start, end]) => [end, start]))

/** One more or less of what is counted by service port; none is not kept. */
const count = (counts: Map<ServicePortId, number>, id: ServicePortId, change: 1 | -1): void => {
  const now = (counts.get(id) ?? 0) + change
  if (now > 0) counts.set(id, now)
  else counts.delete(id)
}

/** How things are, as far as events tell it. */
export class LiveView {
  readonly #options: LiveViewOptions
  readonly #connections = new Map<ServicePortId, number>()
  readonly #flows = new Map<ServicePortId, number>()
  readonly #listenFailures = new Map<ServicePortId, string>()
  /** By service port and portal. */
  readonly #portalFailures = new Map<ServicePortId, Map<string, string>>()
  readonly #troubles = new Map<string, string>()
  #synced: Milliseconds | undefined
  #changes = 0

  constructor(options: LiveViewOptions) {
    this.#options = options
  }

  /** Another number after each event that may change what is to be seen. Coming and going clients do not count. */
  get version(): number {
    return this.#changes
  }

  /** When the last sync ended. */
  get synced(): Milliseconds | undefined {
    return this.#synced
  }

  /** What is wrong with the whole. */
  get troubles(): readonly string[] {
    return [...this.#troubles.values()]
  }

  /** Open connections that came to the service port. */
  connections(id: ServicePortId): number {
    return this.#connections.get(id) ?? 0
  }

  /** UDP clients of the service port. */
  flows(id: ServicePortId): number {
    return this.#flows.get(id) ?? 0
  }

  /** Why the service port, or one of its portals, is not listened for. */
  failures(id: ServicePortId): readonly string[] {
    const failed = this.#listenFailures.get(id)
    const portals = [...(this.#portalFailures.get(id) ?? [])].map(
      ([portal, reason]) => `${portal}: ${reason}`,
    )
    return failed === undefined ? portals : [failed, ...portals]
  }

  note(event: ProxyEvent): void {
    if (isTraffic(event)) this.#noteTraffic(event)
    else this.#noteChange(event)
  }

  #noteTraffic(event: TrafficEvent): void {
    const { servicePort, type } = event
    if (type === 'connected') count(this.#connections, servicePort, 1)
    if (type === 'disconnected') count(this.#connections, servicePort, -1)
    if (type === 'flow-began') count(this.#flows, servicePort, 1)
    if (type === 'flow-ended') count(this.#flows, servicePort, -1)
    // Whether an endpoint answers is to be seen.
    if (type === 'dial-failed' || type === 'flow-failed') this.#changes += 1
  }

  #noteChange(event: Exclude<ProxyEvent, TrafficEvent>): void {
    this.#changes += 1
    this.#notePort(event)
    if (event.type === 'synced') this.#synced = this.#options.clock.now()
    if (event.type === 'self-test')
      this.#follow(`self-test ${familyOf(event.portal.address)}`, event.outcome !== 'well', event)
    if (event.type === 'http-port' || event.type === 'http-port-failed')
      this.#follow(`http-port ${event.purpose}`, event.type === 'http-port-failed', event)
    const ended = starts.get(event.type)
    if (ended !== undefined) this.#troubles.delete(ended)
    // Of a sync that fails again, nothing new is said.
    const isNew = event.type !== 'sync-failed' || !event.again
    if (isNew && (event.type in ends || lasting.has(event.type))) this.#follow(event.type, true, event)
  }

  #notePort(event: Exclude<ProxyEvent, TrafficEvent>): void {
    if (event.type === 'listen-failed') this.#listenFailures.set(event.servicePort, event.reason)
    if (event.type === 'listening' || event.type === 'closed') this.#listenFailures.delete(event.servicePort)
    if (event.type === 'closed') this.#portalFailures.delete(event.servicePort)
    if (event.type === 'portal-served') this.#portalFailures.get(event.servicePort)?.delete(event.portal)
    if (event.type !== 'portal-failed') return
    const failures = this.#portalFailures.get(event.servicePort) ?? new Map<string, string>()
    this.#portalFailures.set(event.servicePort, failures.set(event.portal, event.reason))
  }

  #follow(key: string, isTrouble: boolean, event: ProxyEvent): void {
    if (isTrouble) this.#troubles.set(key, this.#options.textOf(event))
    else this.#troubles.delete(key)
  }
}
