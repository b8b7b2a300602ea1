import type { CapturedPortal, GuardedPort, Wanted } from '../capture/capture.js'
import type { Port } from '../model/port.js'
import { type ServicePort, verdictOf } from '../model/service-port.js'

/** A service port and the local port of its listener. */
export interface Placed {
  readonly servicePort: ServicePort
  readonly localPort: Port
}

const captured = ({ servicePort, localPort }: Placed): CapturedPortal[] =>
  servicePort.portals.map(portal => ({
    servicePort: servicePort.name,
    portal,
    verdict: verdictOf(servicePort),
    localPort,
  }))

/** What the kernel is to do for service ports whose listeners are there; `closing`: for listeners about to go. */
export const wantedFor = (placed: readonly Placed[], closing: readonly GuardedPort[]): Wanted => ({
  portals: placed.flatMap(captured),
  guarded: [
    ...placed.map(({ servicePort: { name }, localPort }) => ({ protocol: name.protocol, port: localPort })),
    ...closing,
  ],
})
