import type { ServicePicker } from '../balancer/service-picker.js'
import type { CapturedPortal, GuardedPort } from '../capture/capture.js'
import type { Listener } from '../dataplane/listener.js'
import { sameEndpoints } from '../model/endpoint.js'
import type { Report } from '../model/event.js'
import type { Port } from '../model/port.js'
import { type Affinity, type ServicePort, verdictOf } from '../model/service-port.js'
import { capturedPortals, guardedPort } from './wanted.js'

const sameAffinity = (one: Affinity, other: Affinity): boolean =>
  one.kind === 'client-ip' && other.kind === 'client-ip'
    ? one.timeout === other.timeout
    : one.kind === other.kind

export interface ServedPortParts {
  readonly picker: ServicePicker
  readonly listener: Listener
  readonly report: Report
}

/** A service port that has a listener. */
export class ServedPort {
  readonly #parts: ServedPortParts
  /** To be guarded. */
  readonly guarded: GuardedPort
  /** As it was told last, to see what changes. */
  #servicePort: ServicePort
  #captured: readonly CapturedPortal[] = []

  constructor(servicePort: ServicePort, parts: ServedPortParts) {
    this.#parts = parts
    this.#servicePort = { ...servicePort, endpoints: [], affinity: { kind: 'none' } }
    this.guarded = guardedPort({ servicePort, localPort: this.localPort })
    this.update(servicePort)
  }

  get servicePort(): ServicePort {
    return this.#servicePort
  }

  /** Its portals; the same objects for as long as nothing about them changes. */
  get captured(): readonly CapturedPortal[] {
    return this.#captured
  }

  get picker(): ServicePicker {
    return this.#parts.picker
  }

  /** See `Listener`. */
  get isWhole(): boolean {
    return this.#parts.listener.isWhole
  }

  get localPort(): Port {
    return this.#parts.listener.port
  }

  get listener(): Pick<Listener, 'welcome' | 'port'> {
    return this.#parts.listener
  }

  /** Serves as it says from now on. */
  update(servicePort: ServicePort): void {
    const { picker, listener, report } = this.#parts
    const { id, endpoints, affinity } = servicePort
    const before = this.#servicePort
    this.#servicePort = servicePort
    if (verdictOf(servicePort) !== this.#captured[0]?.verdict || servicePort.portals !== before.portals)
      this.#captured = capturedPortals({ servicePort, localPort: this.localPort })
    if (!sameAffinity(affinity, before.affinity)) {
      picker.setAffinity(affinity)
      report({ type: 'affinity', servicePort: id, affinity })
    }
    if (!sameEndpoints(endpoints, before.endpoints)) {
      picker.replace(endpoints)
      report({ type: 'endpoints', servicePort: id, endpoints })
    }
    listener.update(servicePort)
  }

  /** Nobody is an endpoint of it any longer, whatever becomes of its connections. */
  abandon(): void {
    this.#parts.listener.update({ ...this.#servicePort, endpoints: [] })
  }

  /** Stops accepting. Connections that are open go on. */
  close(): Promise<void> {
    return this.#parts.listener.close()
  }
}
