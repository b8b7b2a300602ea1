import type { Host } from '../host/host.js'
import type { Report } from '../model/event.js'
import type { Family, IpAddress } from '../model/ip-address.js'
import type { BackendKind } from './backend.js'
import { type OurTable, ourTables, removeRoutes } from '../routing/our-routes.js'
import { ifThere } from './cleanup.js'
import { removeAddresses } from './dedicated-address.js'
import { installedBackends } from './installed-backends.js'
import { Iptables } from './iptables.js'
import { settled } from './settled.js'
import { dedicatedAddress, type Target } from './target.js'

/** How clients are captured now: by rules of one backend, or by addresses. */
export type CapturedBy =
  | { readonly kind: 'rules'; readonly backend: BackendKind; readonly target: Target }
  | { readonly kind: 'addresses' }

export interface LeftoversOptions {
  readonly host: Host
  /** This machine's addresses. */
  readonly addresses: () => readonly IpAddress[]
  readonly now: CapturedBy
  /** The tables in which our routes are of the present run. */
  readonly routes: readonly OurTable[]
  readonly report: Report
}

const families: readonly Family[] = ['IPv4', 'IPv6']

/**
 * Takes out what earlier runs left that captured in another way, or with the other iptables: rules that lead to local ports which
 * somebody else may have by now. What belongs to the present way stays. Resolves with what was removed, a line each; rejects when
 * something could not be removed, having tried the rest. To be called when the present way is in force.
 */
export const removeLeftovers = ({
  now,
  routes,
  ...options
}: LeftoversOptions): Promise<readonly string[]> => {
  // There is but one way on macOS, and what it left it takes on.
  if (options.host.platform === 'darwin') return Promise.resolve([])
  return settled(
    families.map(async family => {
      const backends = await installedBackends(options.host, family)
      const others = backends.filter(({ kind }) => now.kind !== 'rules' || kind !== now.backend)
      const ip = { host: options.host, family }
      const kept = now.kind === 'rules' ? dedicatedAddress(now.target, family) : undefined
      // IPv6 addresses that portals are listened on are marked in the same way: those that are not wanted go with them.
      const sorted = now.kind === 'addresses' && family === 'IPv6'
      const tables = ourTables.filter(
        table =>
          !routes.includes(table) &&
          // There they are what portals are listened on by, and those that are not wanted go, too.
          !(table === 'local' && now.kind === 'addresses' && family === 'IPv4'),
      )
      return settled([
        // To an ordinary user with the right to write rules, iptables-legacy is closed all the same.
        ...others.map(backend => ifThere(new Iptables({ ...options, backend, families: [family] }).remove())),
        ...(sorted ? [] : [ifThere(removeAddresses(ip, kept))]),
        ...tables.map(table => ifThere(removeRoutes(ip, table))),
      ])
    }),
  )
}
