import { type Endpoint, endpointText, sameEndpoints } from '../../model/endpoint.js'
import type { ServicePort } from '../../model/service-port.js'
import type { Snapshot } from '../../model/snapshot.js'

/** A Service that port-forwards do not reach, or not all of it, and why. */
export interface NotForwardable {
  readonly namespace: string
  readonly service: string
  readonly reason: string
}

export interface Forwarded {
  readonly snapshot: Snapshot
  /** One for each Service, in the order of the snapshot. */
  readonly leftOut: readonly NotForwardable[]
}

/** What of a snapshot port-forwards reach. What stays the same is the same object, from one call to the next as well. */
export class Forwardable {
  readonly #isPod: (endpoint: Endpoint, namespace: string) => boolean
  /** What became of a service port of which not all can be reached. */
  readonly #limited = new WeakMap<ServicePort, ServicePort>()
  #last: { readonly of: Snapshot; readonly snapshot: Snapshot } | undefined

  /** `isPod`: of Services of the namespace. */
  constructor(isPod: (endpoint: Endpoint, namespace: string) => boolean) {
    this.#isPod = isPod
  }

  /** Ports of TCP, with those endpoints that are Pods. */
  of(snapshot: Snapshot): Forwarded {
    const leftOut = new Map<string, NotForwardable>()
    const leave = ({ name }: ServicePort, reason: string): void => {
      const { namespace, service } = name
      const key = `${namespace}/${service}`
      if (!leftOut.has(key)) leftOut.set(key, { namespace, service, reason })
    }
    const servicePorts: ServicePort[] = []
    for (const servicePort of snapshot.servicePorts) {
      const { protocol, namespace } = servicePort.name
      if (protocol !== 'TCP') {
        leave(servicePort, `${protocol} cannot go through a port-forward: use --reach routes or direct`)
        continue
      }
      const stranger = servicePort.endpoints.find(each => !this.#isPod(each, namespace))
      if (stranger) leave(servicePort, `its endpoint ${endpointText(stranger)} is no Pod`)
      servicePorts.push(stranger ? this.#limit(servicePort) : servicePort)
    }
    return { snapshot: this.#same(snapshot, servicePorts), leftOut: [...leftOut.values()] }
  }

  #limit(servicePort: ServicePort): ServicePort {
    const { namespace } = servicePort.name
    const endpoints = servicePort.endpoints.filter(each => this.#isPod(each, namespace))
    const before = this.#limited.get(servicePort)
    if (before && sameEndpoints(before.endpoints, endpoints)) return before
    const limited = { ...servicePort, endpoints }
    this.#limited.set(servicePort, limited)
    return limited
  }

  #same(of: Snapshot, servicePorts: readonly ServicePort[]): Snapshot {
    if (sameList(of.servicePorts, servicePorts)) return of
    if (this.#last?.of === of && sameList(this.#last.snapshot.servicePorts, servicePorts))
      return this.#last.snapshot
    const snapshot = { ...of, servicePorts }
    this.#last = { of, snapshot }
    return snapshot
  }
}

const sameList = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  some.length === others.length && some.every((each, at) => each === others[at])
