import type { ServicePicker } from '../balancer/service-picker.js'
import type { KnownPin } from '../balancer/sticky.js'
import type { CapturedPortal, FamilyFailure, GuardedPort } from '../capture/capture.js'
import { errorCode, errorText } from '../model/error-text.js'
import type { IpAddress } from '../model/ip-address.js'
import type { Port } from '../model/port.js'
import type { ServicePort, ServicePortId } from '../model/service-port.js'
import type { Snapshot } from '../model/snapshot.js'
import { turn } from '../model/turn.js'
import { Complaints } from './complaints.js'
import { HeldPortals } from './held-portals.js'
import { portsOfTheNode } from './ports-of-the-node.js'
import { ServedPort } from './served-port.js'
import type { ServedPortsParts } from './served-ports-parts.js'
import { guardedPort, type Placed } from './wanted.js'

/** So many local ports may turn out to be somebody else's before we give up on a service port until the next sync. */
const attempts = 8

/** To open so many takes a few milliseconds: then it is others' turn. */
const turnsEvery = 64

/** What became of the service ports that had no listener. */
export interface Opened {
  readonly opened: number
  readonly failures: readonly FamilyFailure[]
}

/** The service ports that we have listeners for. */
export class ServedPorts {
  readonly #parts: ServedPortsParts
  readonly #held: HeldPortals
  readonly #served = new Map<ServicePortId, ServedPort>()
  readonly #complaints: Complaints
  #addresses: readonly IpAddress[] = []

  constructor(parts: ServedPortsParts) {
    this.#parts = parts
    this.#held = new HeldPortals(parts)
    this.#complaints = new Complaints(parts.report)
  }

  /**
   * Gives the service ports that have listeners their endpoints, and opens listeners for those that have none, and at the
   * places that are to be held. One that cannot be opened is reported, does not harm the others, and is tried again next time;
   * in a family that nothing can be captured in, none is opened.
   */
  async open(snapshot: Snapshot): Promise<Opened> {
    const { servicePorts } = snapshot
    this.#update(servicePorts)
    this.#parts.localPorts.reserve(portsOfTheNode(snapshot))
    const before = this.#served.size
    const failures: FamilyFailure[] = []
    let missing = servicePorts.filter(({ id }) => !this.#served.has(id))
    for (let attempt = 1; missing.length > 0 && attempt <= attempts; attempt++) {
      const planned = missing.flatMap(servicePort => this.#plan(servicePort))
      failures.push(...(await this.#parts.prepare({ guarded: planned.map(guardedPort), addresses: [] })))
      const unready = new Set(failures.map(({ family }) => family))
      missing = await this.#openAll(planned.filter(({ servicePort: { family } }) => !unready.has(family)))
    }
    for (const { id } of missing)
      this.#complaints.say(id, `${attempts} local ports in turn are somebody else's`)
    await this.#held.hold(snapshot, id => this.#served.get(id)?.picker)
    return { opened: this.#served.size - before, failures }
  }

  /**
   * Opens listeners at local ports that clients are led to already, and whose guards stand. One that cannot be opened is
   * reported, and left for `open`.
   */
  async resume(snapshot: Snapshot): Promise<void> {
    await this.#openAll(snapshot.servicePorts.flatMap(servicePort => this.#plan(servicePort)))
    await this.#held.hold(snapshot, id => this.#served.get(id)?.picker)
  }

  /** Those that we have a listener for and that `servicePorts` no longer names. */
  missingFrom(servicePorts: readonly ServicePort[]): readonly ServicePortId[] {
    const named = new Set(servicePorts.map(({ id }) => id))
    this.#complaints.keepOnly(named)
    return this.ids().filter(id => !named.has(id))
  }

  /** The portals of those of `servicePorts` that have a listener, without what another program has. */
  captured(servicePorts: readonly ServicePort[]): readonly CapturedPortal[] {
    const captured: CapturedPortal[] = []
    for (const { id } of servicePorts)
      for (const portal of this.#served.get(id)?.captured ?? [])
        if (this.#held.isOurs(portal)) captured.push(portal)
    return captured
  }

  /** The local ports of all listeners, to be guarded. */
  get guarded(): readonly GuardedPort[] {
    return [...this.#served.values()].map(({ guarded }) => guarded)
  }

  /** Those that have a listener, as they were told last. */
  get servicePorts(): readonly ServicePort[] {
    return [...this.#served.values()].map(({ servicePort }) => servicePort)
  }

  /** What chooses their endpoints. */
  get pickers(): readonly ServicePicker[] {
    return [...this.#served.values()].map(({ picker }) => picker)
  }

  /** Where clients with affinity are pinned to. */
  get pins(): ReadonlyMap<ServicePortId, readonly KnownPin[]> {
    return new Map([...this.#served].map(([id, { picker }]) => [id, picker.pins]))
  }

  /** The service port, if it has a listener. */
  of(id: ServicePortId): ServedPort | undefined {
    return this.#served.get(id)
  }

  /** Those that have a listener. */
  readonly ids = (): readonly ServicePortId[] => [...this.#served.keys()]

  /**
   * Closes the listeners of `ids`, whose service ports are no more, and lets go of places that need not be held. Not in families
   * that failed: rules may still lead to them. Resolves with how many were closed.
   */
  async drop(ids: readonly ServicePortId[], failures: readonly FamilyFailure[]): Promise<number> {
    const standing = new Set(failures.map(({ family }) => family))
    const free = ids.filter(id => !standing.has(this.#served.get(id)?.servicePort.family ?? 'IPv4'))
    for (const id of free) this.#served.get(id)?.abandon()
    await this.#close(free)
    await this.#parts.holders.release()
    return free.length
  }

  /** Closes all listeners. Connections that are open go on. */
  async close(): Promise<void> {
    await Promise.all([this.#close(this.ids()), this.#parts.holders.close()])
  }

  async #close(ids: readonly ServicePortId[]): Promise<void> {
    await Promise.all(
      ids.map(async id => {
        const served = this.#served.get(id)
        if (!served) return
        this.#served.delete(id)
        await served.close()
        this.#parts.report({ type: 'closed', servicePort: id, port: served.localPort })
      }),
    )
  }

  /** Thousands did not change; but listeners look for the addresses of this machine when they are told anything. */
  #update(servicePorts: readonly ServicePort[]): void {
    const addresses = this.#parts.addresses()
    const moved = addresses !== this.#addresses
    this.#addresses = addresses
    for (const servicePort of servicePorts) {
      const served = this.#served.get(servicePort.id)
      if (served && (moved || !served.isWhole || served.servicePort !== servicePort))
        served.update(servicePort)
    }
  }

  #plan(servicePort: ServicePort): Placed[] {
    try {
      return [{ servicePort, localPort: this.#parts.localPorts.for(servicePort.id) }]
    } catch (error) {
      this.#complaints.say(servicePort.id, errorText(error))
      return []
    }
  }

  /** Opens them, and resolves with those whose local port is somebody else's. */
  async #openAll(planned: readonly Placed[]): Promise<ServicePort[]> {
    const again: ServicePort[] = []
    for (const [index, { servicePort, localPort }] of planned.entries())
      try {
        if (index % turnsEvery === turnsEvery - 1) await turn()
        await this.#openOne(servicePort, localPort)
      } catch (error) {
        if (errorCode(error) === 'EADDRINUSE') {
          this.#parts.localPorts.occupied(servicePort.id)
          again.push(servicePort)
        } else this.#complaints.say(servicePort.id, errorText(error))
      }
    return again
  }

  async #openOne(servicePort: ServicePort, localPort: Port): Promise<void> {
    const { listen, newPicker, report } = this.#parts
    const { id, name, family } = servicePort
    const picker = newPicker(id)
    const opening = { servicePort: id, protocol: name.protocol, family, port: localPort, picker }
    const listener = await listen(opening)
    this.#complaints.end(id)
    report({ type: 'listening', servicePort: id, family, port: listener.port })
    this.#served.set(id, new ServedPort(servicePort, { picker, listener, report }))
  }
}
