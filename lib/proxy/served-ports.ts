import type { Picker } from '../balancer/picker.js'
import type { ServicePicker } from '../balancer/service-picker.js'
import type { GuardedPort } from '../capture/capture.js'
import type { Listener } from '../dataplane/listener.js'
import { type Endpoint, endpointText } from '../model/endpoint.js'
import { errorCode, errorText } from '../model/error-text.js'
import type { Report } from '../model/event.js'
import type { Port } from '../model/port.js'
import type { Affinity, Protocol, ServicePort, ServicePortId } from '../model/service-port.js'
import type { LocalPorts } from './local-ports.js'
import { guardedPort, type Placed } from './wanted.js'

/** A listener to open, and who serves its clients. */
export interface Opening {
  readonly servicePort: ServicePortId
  readonly protocol: Protocol
  readonly port: Port
  readonly picker: Picker
}

export interface ServedPortsParts {
  readonly localPorts: LocalPorts
  readonly listen: (opening: Opening) => Promise<Listener>
  /** A picker for a new service port. */
  readonly newPicker: () => ServicePicker
  readonly report: Report
}

interface Served {
  readonly picker: ServicePicker
  readonly listener: Listener
  /** As it was told last, to see what changes. */
  servicePort: ServicePort
}

/** So many local ports may turn out to be somebody else's before we give up on a service port until the next sync. */
const attempts = 8

const sameEndpoints = (some: readonly Endpoint[], others: readonly Endpoint[]): boolean =>
  some === others || some.map(endpointText).join() === others.map(endpointText).join()

const sameAffinity = (one: Affinity, other: Affinity): boolean =>
  one.kind === 'client-ip' && other.kind === 'client-ip'
    ? one.timeout === other.timeout
    : one.kind === other.kind

/** The service ports that we have listeners for. */
export class ServedPorts {
  readonly #parts: ServedPortsParts
  readonly #served = new Map<ServicePortId, Served>()

  constructor(parts: ServedPortsParts) {
    this.#parts = parts
  }

  /**
   * Opens a listener for each of `servicePorts` that has none, and gives all of them their endpoints. Resolves with how
   * many were opened; one that cannot be opened is reported, does not harm the others, and is tried again next time.
   */
  async open(servicePorts: readonly ServicePort[]): Promise<number> {
    let opened = 0
    for (const servicePort of servicePorts) {
      const known = this.#served.get(servicePort.id)
      if (known) this.#update(known, servicePort)
      else if (await this.#add(servicePort)) opened += 1
    }
    return opened
  }

  /** Those that we have a listener for and that `servicePorts` no longer names. */
  missingFrom(servicePorts: readonly ServicePort[]): readonly ServicePortId[] {
    const named = new Set(servicePorts.map(({ id }) => id))
    return [...this.#served.keys()].filter(id => !named.has(id))
  }

  /** Those of `servicePorts` that have a listener, each with its local port. */
  placed(servicePorts: readonly ServicePort[]): readonly Placed[] {
    return servicePorts.flatMap(servicePort => {
      const served = this.#served.get(servicePort.id)
      return served ? [{ servicePort, localPort: served.listener.port }] : []
    })
  }

  /** The local ports of the listeners of `ids`, to be guarded; of all when absent. */
  guarded(ids: readonly ServicePortId[] = [...this.#served.keys()]): readonly GuardedPort[] {
    return ids.flatMap(id => {
      const served = this.#served.get(id)
      return served ? [guardedPort({ servicePort: served.servicePort, localPort: served.listener.port })] : []
    })
  }

  /** Closes the listeners of `ids`, whose service ports are no more: nobody is an endpoint of theirs any longer. */
  async drop(ids: readonly ServicePortId[]): Promise<void> {
    for (const id of ids) {
      const served = this.#served.get(id)
      served?.listener.update({ ...served.servicePort, endpoints: [] })
    }
    await this.close(ids)
  }

  /** Closes the listeners of `ids`; of all when absent. Connections that are open go on. */
  async close(ids: readonly ServicePortId[] = [...this.#served.keys()]): Promise<void> {
    await Promise.all(ids.map(id => this.#close(id)))
  }

  async #close(id: ServicePortId): Promise<void> {
    const served = this.#served.get(id)
    if (!served) return
    this.#served.delete(id)
    await served.listener.close()
    this.#parts.report({ type: 'closed', servicePort: id, port: served.listener.port })
  }

  async #add(servicePort: ServicePort): Promise<boolean> {
    const picker = this.#parts.newPicker()
    const listener = await this.#listen(servicePort, picker)
    if (!listener) return false
    const asNew: ServicePort = { ...servicePort, endpoints: [], affinity: { kind: 'none' } }
    const served = { picker, listener, servicePort: asNew }
    this.#served.set(servicePort.id, served)
    this.#update(served, servicePort)
    return true
  }

  #update(served: Served, servicePort: ServicePort): void {
    const { report } = this.#parts
    const { picker, listener, servicePort: before } = served
    const { id, endpoints, affinity } = servicePort
    served.servicePort = servicePort
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

  async #listen({ id, name }: ServicePort, picker: Picker): Promise<Listener | undefined> {
    const { localPorts, listen, report } = this.#parts
    for (let attempt = 1; ; attempt++) {
      try {
        const opening = { servicePort: id, protocol: name.protocol, port: localPorts.for(id), picker }
        const listener = await listen(opening)
        report({ type: 'listening', servicePort: id, port: listener.port })
        return listener
      } catch (error) {
        const somebodyElses = errorCode(error) === 'EADDRINUSE'
        if (somebodyElses) localPorts.occupied(id)
        if (somebodyElses && attempt < attempts) continue
        report({ type: 'listen-failed', servicePort: id, reason: errorText(error) })
        return undefined
      }
    }
  }
}
