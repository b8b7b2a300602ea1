import type { CapturedPortal, GuardedPort, Wanted } from '../../lib/capture/capture.js'
import { ipAddress } from '../../lib/model/ip-address.js'
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
  return {
    servicePort: { namespace, service, port: name, protocol: sketch.protocol ?? 'TCP' },
    portal: { kind: 'cluster-ip', address: ipAddress(sketch.address), port: port(sketch.port ?? 80) },
    verdict,
    localPort: port(sketch.localPort),
  }
}

export const served = (sketch: Sketch): CapturedPortal => captured(sketch, 'serve')
export const refused = (sketch: Sketch): CapturedPortal => captured(sketch, 'refuse')

/** The guard for the listener of a portal. */
export const guardOf = ({ servicePort: { protocol }, localPort }: CapturedPortal): GuardedPort => ({
  protocol,
  port: localPort,
})

/** The portals, and the guard for their listeners. */
export const wanted = (...portals: readonly CapturedPortal[]): Wanted => ({
  portals,
  guarded: portals.map(guardOf),
})
