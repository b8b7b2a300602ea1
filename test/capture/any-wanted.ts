import fc from 'fast-check'
import type { CapturedPortal, Wanted } from '../../lib/capture/capture.js'
import { cidrAround } from '../../lib/model/cidr.js'
import { type Family, type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import type { OwnPods } from '../../lib/model/own-pods.js'
import { port } from '../../lib/model/port.js'
import type { Clients, Portal, Verdict } from '../../lib/model/portal.js'
import { guardOf } from './wanted.js'

export const families = ['IPv4', 'IPv6'] as const
const anyPort = fc.integer({ min: 1, max: 65_535 }).map(port)
const byte = fc.oneof(fc.constantFrom(0, 1, 255), fc.nat(255))
const group = fc.oneof(fc.constantFrom(0, 1, 0xffff), fc.nat(0xffff))
const dotted = fc.tuple(byte, byte, byte, byte).map(bytes => bytes.join('.'))
const colons = fc
  .array(group, { minLength: 8, maxLength: 8 })
  // `::ffff:192.0.2.1` is an IPv4 address.
  .map(groups => [0x2001, ...groups.slice(1)].map(each => each.toString(16)).join(':'))
const addressOf = (family: Family): fc.Arbitrary<IpAddress> =>
  (family === 'IPv4' ? dotted : colons).map(ipAddress)
const rangeOf = (family: Family) =>
  fc
    .tuple(addressOf(family), fc.integer({ min: 0, max: family === 'IPv4' ? 32 : 128 }))
    .map(([address, bits]) => cidrAround(address, bits))
const name = fc.string({ unit: 'binary', maxLength: 300 })
const anyClients = fc.constantFrom<Clients>('everybody', 'insiders', 'outsiders')
const ranges = fc.array(fc.oneof(...families.map(rangeOf)), { maxLength: 5 })

const portalOf = (family: Family): fc.Arbitrary<Portal> => {
  const where = { address: addressOf(family), port: anyPort }
  const clients = anyClients
  return fc.oneof(
    fc.record({ kind: fc.constant('cluster-ip'), ...where }),
    fc.record({ kind: fc.constant('external-ip'), ...where, clients }),
    fc.record({ kind: fc.constant('load-balancer'), ...where, clients }),
    fc.record({ kind: fc.constant('load-balancer'), ...where, clients, sources: ranges }),
    fc.record({ kind: fc.constant('node-port'), port: anyPort, clients }),
  )
}

const capturedOf = (family: Family): fc.Arbitrary<CapturedPortal> =>
  fc.record({
    family: fc.constant(family),
    servicePort: fc.record({
      namespace: name,
      service: name,
      port: name,
      protocol: fc.constantFrom('TCP', 'UDP'),
    }),
    portal: portalOf(family),
    verdict: fc.constantFrom<Verdict>('serve', 'refuse', 'drop'),
    localPort: anyPort,
  })

const anyPods: fc.Arbitrary<OwnPods> = fc.oneof(
  fc.constant({ kind: 'unknown' } as const),
  fc.record({ kind: fc.constant('cidrs'), cidrs: ranges }),
  fc.record({ kind: fc.constant('interface'), name: fc.constantFrom('cni0', 'cali+') }),
)

/** Hundreds of portals of every kind, in both families. */
export const anyWanted: fc.Arbitrary<Wanted> = fc
  .record({
    portals: fc.array(fc.oneof(...families.map(capturedOf)), { minLength: 100, maxLength: 300 }),
    open: fc.array(anyPort, { maxLength: 3 }),
    ownPods: anyPods,
    closed: fc.array(fc.oneof(...families.map(rangeOf)), { maxLength: 300 }),
    nodePortAddresses: fc.option(fc.array(fc.oneof(...families.map(addressOf)), { maxLength: 4 })),
  })
  .map(({ nodePortAddresses, ...rest }) => ({
    ...rest,
    guarded: rest.portals.map(guardOf),
    ...(nodePortAddresses && { nodePortAddresses }),
  }))
