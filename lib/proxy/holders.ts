import type { CapturedPortal } from '../capture/capture.js'
import type { Listener } from '../dataplane/listener.js'
import { type Endpoint, endpointText } from '../model/endpoint.js'
import { errorCode, errorText } from '../model/error-text.js'
import type { Report } from '../model/event.js'
import { anyAddressLike, familyOf } from '../model/ip-address.js'
import { type Portal, portalText } from '../model/portal.js'
import type { Protocol, ServicePort, ServicePortId } from '../model/service-port.js'
import type { Opening } from './opening.js'

/** A place that one portal of a service port is to be held at. */
export interface Hold extends Pick<Opening, 'picker'> {
  readonly place: Endpoint
  readonly portal: Portal
  readonly servicePort: ServicePort
}

interface Holder {
  readonly hold: Hold
  readonly listener: Listener
}

export interface HoldersParts {
  readonly listen: (opening: Opening) => Promise<Listener>
  readonly report: Report
}

type Keyed = Pick<CapturedPortal, 'portal' | 'servicePort' | 'family'>

/** The portal, whatever class of clients it is for, as a key. */
export const portalKey = ({ portal, servicePort, family }: Keyed): string =>
  `${servicePort.protocol} ${family} ${portalText(portal)}`

const keyOf = ({ place, servicePort }: Hold): string => `${servicePort.name.protocol} ${endpointText(place)}`

// Where we may not listen (a port below 1024, without the right to), nobody can tell whose it is. Other errors say nothing of
// others: nobody is at an address that is not there yet, and too few descriptors are our own affair.
const saysItIsTaken: ReadonlySet<string | undefined> = new Set(['EADDRINUSE', 'EACCES'])

const complaintKey = ({ place, servicePort }: Hold): string => `${servicePort.id} ${endpointText(place)}`

/** The port, whatever the address, as a key. */
const portOf = ({ place: { address, port }, servicePort }: Hold): string =>
  `${servicePort.name.protocol} ${familyOf(address)} ${port}`

/** Listeners at portals' own places, so that no other program of this machine gets them. */
export class Holders {
  readonly #parts: HoldersParts
  readonly #holders = new Map<string, Holder>()
  /** What was said of portals, so that it is said once. */
  #complaints: ReadonlyMap<string, string> = new Map()
  #wanted: ReadonlyMap<string, Hold> = new Map()
  /** Those that have a place that is wanted, as they are now. */
  #servicePorts: ReadonlyMap<ServicePortId, ServicePort> = new Map()

  constructor(parts: HoldersParts) {
    this.#parts = parts
  }

  /** Those of `holds` that are not held yet. */
  missing(holds: readonly Hold[]): readonly Hold[] {
    return holds.filter(hold => this.#holders.get(keyOf(hold))?.hold.servicePort.id !== hold.servicePort.id)
  }

  /**
   * Holds these places, as far as others let us, and those from before until `release`. Resolves with the keys of the portals
   * that somebody else has: each is reported, once for as long as the reason stays, and tried again next time.
   */
  async hold(holds: readonly Hold[]): Promise<ReadonlySet<string>> {
    const foreign = new Set<string>()
    const complaints = new Map<string, string>()
    this.#wanted = new Map(holds.map(hold => [keyOf(hold), hold]))
    this.#servicePorts = new Map(holds.map(({ servicePort }) => [servicePort.id, servicePort]))
    await this.#clear()
    for (const [key, hold] of this.#wanted)
      try {
        await this.#keep(key, hold)
      } catch (error) {
        // Two Services' portals may meet at one place; whose clients are whose is decided by the rules.
        if (errorCode(error) === 'EADDRINUSE' && this.#holdsBeside(hold)) continue
        const { portal, servicePort } = hold
        const { name, family } = servicePort
        if (saysItIsTaken.has(errorCode(error))) foreign.add(portalKey({ portal, servicePort: name, family }))
        this.#complain(hold, errorText(error), complaints)
      }
    this.#tellWhatHealed(complaints)
    this.#complaints = complaints
    return foreign
  }

  /** Lets go of what is not wanted any longer. Those who came there hear of it when their service port serves no more. */
  async release(): Promise<void> {
    const left = [...this.#holders.keys()].filter(key => !this.#wanted.has(key))
    await Promise.all(left.map(key => this.#letGo(key)))
  }

  /** Lets go of everything. Connections that are open go on. */
  async close(): Promise<void> {
    await Promise.all([...this.#holders.keys()].map(key => this.#close(key)))
  }

  /** Whether one of ours listens there, if that is this machine. */
  has({ address, port }: Endpoint, protocol: Protocol): boolean {
    if (this.#holders.size === 0) return false
    return [address, anyAddressLike(address)].some(each =>
      this.#holders.has(`${protocol} ${endpointText({ address: each, port })}`),
    )
  }

  async #keep(key: string, hold: Hold): Promise<void> {
    const { place, servicePort, picker } = hold
    const { id, name, family } = servicePort
    const opening = { servicePort: id, protocol: name.protocol, family, picker, ...place }
    const listener = this.#holders.get(key)?.listener ?? (await this.#parts.listen(opening))
    this.#holders.set(key, { hold, listener })
    listener.update(servicePort)
  }

  /** Lets go of what is in the way: who comes in between is served by the rules. */
  async #clear(): Promise<void> {
    const missing = new Set(this.missing([...this.#wanted.values()]).map(portOf))
    const inTheWay = [...this.#holders].filter(([key, { hold }]) => {
      const wanted = this.#wanted.get(key)
      return wanted ? wanted.servicePort.id !== hold.servicePort.id : missing.has(portOf(hold))
    })
    await Promise.all(inTheWay.map(([key]) => this.#letGo(key)))
  }

  /** Whether we hold a place that keeps us from this one: all addresses, or one of them where all are wanted. */
  #holdsBeside(hold: Hold): boolean {
    const { address } = hold.place
    const any = anyAddressLike(address)
    for (const other of this.#holders.values())
      if (portOf(other.hold) === portOf(hold) && (address === any || other.hold.place.address === any))
        return true
    return false
  }

  async #letGo(key: string): Promise<void> {
    const held = this.#holders.get(key)
    if (!held) return
    const { servicePort } = held.hold
    held.listener.update(this.#servicePorts.get(servicePort.id) ?? { ...servicePort, endpoints: [] })
    await this.#close(key)
  }

  async #close(key: string): Promise<void> {
    const held = this.#holders.get(key)
    this.#holders.delete(key)
    await held?.listener.close()
  }

  #tellWhatHealed(complaints: ReadonlyMap<string, string>): void {
    for (const hold of this.#wanted.values()) {
      const key = complaintKey(hold)
      const { portal, servicePort } = hold
      if (this.#complaints.has(key) && !complaints.has(key))
        this.#parts.report({ type: 'portal-served', servicePort: servicePort.id, portal: portalText(portal) })
    }
  }

  #complain(hold: Hold, reason: string, complaints: Map<string, string>): void {
    const key = complaintKey(hold)
    const { portal, servicePort } = hold
    complaints.set(key, reason)
    if (this.#complaints.get(key) === reason) return
    const text = portalText(portal)
    this.#parts.report({ type: 'portal-failed', servicePort: servicePort.id, portal: text, reason })
  }
}
