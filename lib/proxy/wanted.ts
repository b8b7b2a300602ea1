import { type CapturedPortal, type GuardedPort, nothingWanted, type Wanted } from '../capture/capture.js'
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
    family: servicePort.family,
    portal,
    verdict: verdictOf(servicePort),
    localPort,
  }))

/** The local port, to be guarded. */
export const guardedPort = ({ servicePort: { family, name }, localPort }: Placed): GuardedPort => ({
  family,
  protocol: name.protocol,
  port: localPort,
})

/** What the kernel is told beside the portals. */
export interface Surroundings extends Partial<Omit<Wanted, 'portals' | 'guarded'>> {
  /** Local ports of listeners that are about to go. */
  readonly closing?: readonly GuardedPort[]
}

/** What the kernel is to do for service ports whose listeners are there. */
export const wantedFor = (
  placed: readonly Placed[],
  { closing = [], ...others }: Surroundings = {},
): Wanted => ({
  ...nothingWanted,
  ...others,
  portals: placed.flatMap(captured),
  guarded: [...placed.map(guardedPort), ...closing],
})
