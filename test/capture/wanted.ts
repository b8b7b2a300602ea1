import {
  type CapturedPortal,
  type GuardedPort,
  nothingWanted,
  type Wanted,
} from '../../lib/capture/capture.js'
import { cidr } from '../../lib/model/cidr.js'
import { type Family, familyOf, ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import type { Clients, Portal, Verdict } from '../../lib/model/portal.js'
import type { Protocol } from '../../lib/model/service-port.js'

interface Sketch {
  readonly name?: string
  readonly kind?: Exclude<Portal['kind'], 'node-port'>
  readonly address: string
  readonly clients?: Clients
  readonly sources?: readonly string[]
  readonly port?: number
  readonly protocol?: Protocol
  readonly localPort: number
}

/** A node port: it has no address. */
interface NodePortSketch {
  readonly name?: string
  readonly family?: Family
  readonly nodePort: number
  readonly clients?: Clients
  readonly protocol?: Protocol
  readonly localPort: number
}

const portalIn = (sketch: Sketch): Portal => {
  const { kind = 'cluster-ip', clients = 'everybody', sources } = sketch
  const where = { address: ipAddress(sketch.address), port: port(sketch.port ?? 80) }
  switch (kind) {
    case 'cluster-ip':
      return { kind, ...where }
    case 'external-ip':
      return { kind, ...where, clients }
    case 'load-balancer':
      return { kind, ...where, clients, ...(sources && { sources: sources.map(cidr) }) }
  }
}

/** The portal, and what it does with clients. */
export const captured = (sketch: Sketch | NodePortSketch, verdict: Verdict): CapturedPortal => {
  const [namespace = '', service = '', name = ''] = (sketch.name ?? 'shop/cart:http').split(/[/:]/)
  const portal: Portal =
    'nodePort' in sketch
      ? { kind: 'node-port', port: port(sketch.nodePort), clients: sketch.clients ?? 'everybody' }
      : portalIn(sketch)
  return {
    family: 'nodePort' in sketch ? (sketch.family ?? 'IPv4') : familyOf(ipAddress(sketch.address)),
    servicePort: { namespace, service, port: name, protocol: sketch.protocol ?? 'TCP' },
    portal,
    verdict,
    localPort: port(sketch.localPort),
  }
}

export const served = (sketch: Sketch | NodePortSketch): CapturedPortal => captured(sketch, 'serve')
export const refused = (sketch: Sketch | NodePortSketch): CapturedPortal => captured(sketch, 'refuse')
export const dropped = (sketch: Sketch | NodePortSketch): CapturedPortal => captured(sketch, 'drop')

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
