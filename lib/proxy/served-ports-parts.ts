import type { ServicePicker } from '../balancer/service-picker.js'
import type { FamilyFailure, Preparation } from '../capture/capture.js'
import type { Listener } from '../dataplane/listener.js'
import type { Report } from '../model/event.js'
import type { IpAddress } from '../model/ip-address.js'
import type { ServicePortId } from '../model/service-port.js'
import type { Holders } from './holders.js'
import type { LocalPorts } from './local-ports.js'
import type { Opening } from './opening.js'
import type { Places } from './places.js'

/** What service ports are served with. */
export interface ServedPortsParts {
  readonly localPorts: LocalPorts
  readonly listen: (opening: Opening) => Promise<Listener>
  readonly holders: Holders
  readonly places: Places
  /** This machine's; others are another object. */
  readonly addresses: () => readonly IpAddress[]
  /** Makes the machine ready for what is about to open. */
  readonly prepare: (preparation: Preparation) => Promise<readonly FamilyFailure[]>
  /** A picker for a new service port. */
  readonly newPicker: (id: ServicePortId) => ServicePicker
  readonly report: Report
}
