import type { Report } from '../model/event.js'
import type { ServicePortId } from '../model/service-port.js'

/** Why service ports have no listener: said once for as long as the reason stays. */
export class Complaints {
  readonly #report: Report
  readonly #reasons = new Map<ServicePortId, string>()

  constructor(report: Report) {
    this.#report = report
  }

  say(servicePort: ServicePortId, reason: string): void {
    if (this.#reasons.get(servicePort) === reason) return
    this.#reasons.set(servicePort, reason)
    this.#report({ type: 'listen-failed', servicePort, reason })
  }

  /** It has one now. */
  end(servicePort: ServicePortId): void {
    this.#reasons.delete(servicePort)
  }

  /** Forgets all others: they are no more. */
  keepOnly(servicePorts: ReadonlySet<ServicePortId>): void {
    for (const id of this.#reasons.keys()) if (!servicePorts.has(id)) this.#reasons.delete(id)
  }
}
