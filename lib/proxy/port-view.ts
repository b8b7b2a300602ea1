import type { ServicePicker } from '../balancer/service-picker.js'
import type { CapturedPortal } from '../capture/capture.js'
import type { Port } from '../model/port.js'
import { type Portal, portalText } from '../model/portal.js'
import type { ServicePort } from '../model/service-port.js'
import type { ServedPorts } from './served-ports.js'

/** A service port, and how it is served. */
export interface PortView {
  readonly servicePort: ServicePort
  /** Undefined: it has no listener. */
  readonly localPort: Port | undefined
  readonly picker: Pick<ServicePicker, 'clients' | 'onlyClient' | 'failing' | 'outlook'> | undefined
  /** Whether the kernel was told what to do with packets for this portal of it. */
  readonly isInForce: (portal: Portal) => boolean
}

export interface Serving {
  readonly served: Pick<ServedPorts, 'of'>
  readonly inForce: ReadonlySet<CapturedPortal>
}

/** How each of them is served. */
export const viewOf = (
  servicePorts: readonly ServicePort[],
  { served, inForce }: Serving,
): readonly PortView[] =>
  servicePorts.map(servicePort => {
    const port = served.of(servicePort.id)
    return {
      servicePort,
      localPort: port?.localPort,
      picker: port?.picker,
      isInForce: portal =>
        port?.captured.some(
          each =>
            inForce.has(each) &&
            each.portal.kind === portal.kind &&
            portalText(each.portal) === portalText(portal),
        ) ?? false,
    }
  })
