import {
  type CapturedPortal,
  type GuardedPort,
  nothingWanted,
  type Wanted,
} from '../../lib/capture/capture.js'
import { familyOf, ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import type { Verdict } from '../../lib/model/portal.js'
import type { Protocol } from '../../lib/model/service-port.js'

interface Sketch {
  readonly name?: string
  readonly address: string
  readonly port?: number
  readonly protocol?: Protocol
  readonly localPort: number
}

const captured = (sketch: Sketch, verdict: Verdict): CapturedPortal => {
  const [namespace = '', service = '', name = ''] = (sketch.name ?? 'shop/cart:http').split(/[/:]/)
  const address = ipAddress(sketch.address)
  return {
    family: familyOf(address),
    servicePort: { namespace, service, port: name, protocol: sketch.protocol ?? 'TCP' },
    portal: { kind: 'cluster-ip', address, port: port(sketch.port ?? 80) },
    verdict,
    localPort: port(sketch.localPort),
  }
}

export const served = (sketch: Sketch): CapturedPortal => captured(sketch, 'serve')
export const refused = (sketch: Sketch): CapturedPortal => captured(sketch, 'refuse')

/** The guard for the listener of a portal. */
export const guardOf = ({ family, servicePort: { protocol }, localPort }: CapturedPortal): GuardedPort => ({
  family,
  protocol,
  port: localPort,
})

/** The portals, and the guard for their listeners. */
export const wanted = (...portals: readonly CapturedPortal[]): Wanted => ({
  ...nothingWanted,
  portals,
  guarded: portals.map(guardOf),
})
