import { type Cidr, cidrText } from '../model/cidr.js'
import type { IpAddress } from '../model/ip-address.js'
import { nameserversIn } from '../routing/conflicts.js'
import type { IpOptions } from '../routing/ip-command.js'
import { readRoutes } from '../routing/route.js'
import { routeConflict } from './route-conflict.js'

/** Whether Services' addresses are to be routed to this machine, and which these are. */
export interface ServiceRoutes {
  readonly on: boolean
  /** Where all of a family's are from; of a family without any, they are routed one by one. */
  readonly ranges: readonly Cidr[]
  /** Whether networks of this machine that have the same addresses are no reason not to. */
  readonly allowOverlap: boolean
  /** Where the API server is. */
  readonly apiServers: readonly IpAddress[]
}

export interface AllowedRoutesQuestion {
  /** All of one family. */
  readonly ranges: readonly Cidr[]
  /** What is met at a portal, and so by nobody else. */
  readonly served: ReadonlySet<IpAddress>
  readonly services: ServiceRoutes
}

const resolverFiles = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']

/** Those of `ranges` that are not among the `others`. */
export const without = (ranges: readonly Cidr[], others: readonly Cidr[]): readonly Cidr[] => {
  const known = new Set(others.map(cidrText))
  return ranges.filter(range => !known.has(cidrText(range)))
}

/** Those of `ranges` that no other program has made this machine's own. Rejects with a Failure `conflict` where they may not be. */
export const allowedRoutes = async (
  options: IpOptions,
  { ranges, served, services: { apiServers, allowOverlap } }: AllowedRoutesQuestion,
): Promise<readonly Cidr[]> => {
  if (ranges.length === 0) return []
  const routes = await readRoutes(options)
  const resolvers = await Promise.all(resolverFiles.map(path => options.host.readFile(path)))
  const landmarks = resolvers
    .flatMap(text => nameserversIn(text ?? ''))
    .filter(({ address }) => !served.has(address))
  const failure = routeConflict(ranges, {
    ...{ routes, landmarks, allowOverlap },
    apiServers: apiServers.map(address => ({ address, what: 'the API server' })),
  })
  if (failure) throw failure
  return without(
    ranges,
    routes.filter(({ kind }) => kind === 'local').map(({ to }) => to),
  )
}
