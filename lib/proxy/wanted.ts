import { type CapturedPortal, type GuardedPort, nothingWanted, type Wanted } from '../capture/capture.js'
import type { Port } from '../model/port.js'
import { type ServicePort, verdictOf } from '../model/service-port.js'

/** A service port and the local port of its listener. */
export interface Placed {
  readonly servicePort: ServicePort
  readonly localPort: Port
}

/** Its portals, each with what is to happen to packets for it. */
export const capturedPortals = ({ servicePort, localPort }: Placed): readonly CapturedPortal[] => {
  const { name, family, portals } = servicePort
  const verdict = verdictOf(servicePort)
  return portals.map(portal => ({ servicePort: name, family, portal, verdict, localPort }))
}

/** The local port, to be guarded. */
export const guardedPort = ({ servicePort: { family, name }, localPort }: Placed): GuardedPort => ({
  family,
  protocol: name.protocol,
  port: localPort,
})

/** What the kernel would be to do if all of these had listeners, and nobody else their portals. */
export const wantedFor = (placed: readonly Placed[], others: Partial<Wanted> = {}): Wanted => ({
  ...nothingWanted,
  ...others,
  portals: placed.flatMap(capturedPortals),
  guarded: placed.map(guardedPort),
})
