import type { Picker } from '../../balancer/picker.js'
import type { Clock } from '../../model/clock.js'
import type { Endpoint } from '../../model/endpoint.js'
import type { Report } from '../../model/event.js'
import type { IpAddress } from '../../model/ip-address.js'
import type { Milliseconds } from '../../model/milliseconds.js'
import type { Port } from '../../model/port.js'
import type { ServicePortId } from '../../model/service-port.js'
import type { Budget } from '../../stream/budget.js'
import type { Estate } from '../estate.js'
import type { Listener } from '../listener.js'
import type { OwnFlows } from './own-flows.js'
import { defaultUdpTimeout } from './default-udp-timeout.js'
import { Doors } from './doors.js'
import type { FlowRoom } from './flow-room.js'
import { Flows } from './flows.js'
import type { InheritedDoor } from './inherited-door.js'

export interface ListenUdpOptions {
  readonly servicePort: ServicePortId
  readonly picker: Picker
  /** Absent: one that is free. */
  readonly port?: Port
  /** Doors that a process before us had, by their addresses. */
  readonly inherited?: ReadonlyMap<IpAddress, InheritedDoor>
  /** Where a process after us finds ours. */
  readonly estate?: Estate
  /** The addresses of this machine that clients may come to; asked again at each update. */
  readonly addresses: () => readonly IpAddress[]
  /** Whether an endpoint is a listener of ours, which is never asked. */
  readonly isOurs: (endpoint: Endpoint) => boolean
  /** How long a flow may be idle. Default: `defaultUdpTimeout`. */
  readonly idleTimeout?: Milliseconds
  /** What is left for listeners. Default: all that is left for flows. */
  readonly descriptors?: Budget
  /** Shared by all service ports. */
  readonly room: FlowRoom
  /** Our sockets towards UDP endpoints, those of all service ports. */
  readonly ownFlows: OwnFlows
  readonly clock: Clock
  readonly report: Report
}

/**
 * Serves UDP clients: each address and port of a client has a flow of its own to an endpoint. Rejects with the system's error
 * (`EADDRINUSE`) when it cannot listen. What happens after that is reported and does no harm.
 */
export const listenUdp = (options: ListenUdpOptions): Promise<Listener> =>
  new Promise(resolve => resolve(open(options)))

const open = (options: ListenUdpOptions): Listener => {
  const { addresses, room, idleTimeout = defaultUdpTimeout } = options
  const flows = new Flows({ ...options, idleTimeout })
  const { descriptors = room.descriptors, estate } = options
  const doors = new Doors({ ...options, flows }, { descriptors, estate })
  doors.open(addresses(), options)
  let known: readonly Endpoint[] | undefined
  let closed = false
  return {
    port: doors.port,
    get isWhole() {
      return doors.isWhole
    },
    update: ({ terms, endpoints }) => {
      if (closed) return
      flows.expireAfter(
        terms.idleTimeout === undefined || terms.idleTimeout === 0 ? idleTimeout : terms.idleTimeout,
      )
      if (endpoints !== known) flows.keepTo(endpoints)
      known = endpoints
      doors.moveTo(addresses())
    },
    close: () => {
      closed = true
      doors.close()
      return Promise.resolve()
    },
  }
}
