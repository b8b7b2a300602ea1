import type { Capture } from '../capture/capture.js'
import { Iptables } from '../capture/iptables.js'
import type { Backend } from '../capture/backend.js'
import { machine } from '../host/machine.js'
import type { Report } from '../model/event.js'
import { anyAddress, type Family, type IpAddress } from '../model/ip-address.js'
import { heldPlaces, type Places } from '../proxy/places.js'
import type { NodeOptions } from './options/node.js'

/** The addresses of this machine that captured packets come to. */
export interface Arrivals {
  readonly tcp: Readonly<Record<Family, IpAddress>>
  /** Each with a socket of its own, so that answers leave from where they were asked. */
  readonly udp: () => readonly IpAddress[]
}

/** How clients get to our listeners, and so where those are. */
export interface CaptureMode {
  readonly capture: Capture
  readonly arrivals: Arrivals
  readonly places: Places
}

export interface CaptureModeParts {
  readonly options: NodeOptions
  readonly backend: Backend
  readonly families: readonly Family[]
  /** This machine's. */
  readonly addresses: () => readonly IpAddress[]
  readonly report: Report
}

export const captureMode = ({
  options,
  backend,
  families,
  addresses,
  report,
}: CaptureModeParts): CaptureMode => {
  const { nodeportAddresses: nodePortAddresses = [] } = options
  return {
    capture: new Iptables({ host: machine, backend, families, addresses, report }),
    // Redirected packets come to an interface's own address, so the listeners are on all of them; the guard turns away
    // whoever comes without having been redirected.
    arrivals: { tcp: anyAddress, udp: addresses },
    places: heldPlaces({ addresses, nodePortAddresses }),
  }
}
