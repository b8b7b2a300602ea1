import type { Picker } from '../balancer/picker.js'
import type { CapturedPortal, Preparation } from '../capture/capture.js'
import type { ServicePort, ServicePortId } from '../model/service-port.js'
import type { Snapshot } from '../model/snapshot.js'
import { type Hold, type Holders, portalKey } from './holders.js'
import type { Places } from './places.js'

export interface HeldPortalsParts {
  readonly holders: Holders
  readonly places: Places
  /** Makes the machine ready for listeners that are about to open. */
  readonly prepare: (preparation: Preparation) => Promise<unknown>
}

/** The portals that another program of this machine could have: which of them are ours. */
export class HeldPortals {
  readonly #parts: HeldPortalsParts
  /** Those that another program has. */
  #foreign: ReadonlySet<string> = new Set()

  constructor(parts: HeldPortalsParts) {
    this.#parts = parts
  }

  /** Holds the portals of the service ports that have a picker, as far as others let us. */
  async hold(snapshot: Snapshot, pickerOf: (id: ServicePortId) => Picker | undefined): Promise<void> {
    const { holders, prepare } = this.#parts
    const holds = snapshot.servicePorts.flatMap((servicePort): readonly Hold[] => {
      const picker = pickerOf(servicePort.id)
      return picker ? this.#holdsOf(servicePort, picker, snapshot) : []
    })
    // Node ports are where this machine has addresses already, or at all of them, which is no address of its own.
    const missing = holders.missing(holds).filter(({ portal }) => portal.kind !== 'node-port')
    if (missing.length > 0)
      await prepare({ guarded: [], addresses: missing.map(({ place }) => place.address) })
    this.#foreign = await holders.hold(holds)
  }

  /** Whether it is ours to serve. */
  isOurs(captured: CapturedPortal): boolean {
    return this.#foreign.size === 0 || !this.#foreign.has(portalKey(captured))
  }

  #holdsOf(servicePort: ServicePort, picker: Picker, snapshot: Snapshot): readonly Hold[] {
    return servicePort.portals.flatMap(portal =>
      this.#parts
        .places(portal, servicePort, snapshot)
        .map(place => ({ place, portal, servicePort, picker })),
    )
  }
}
