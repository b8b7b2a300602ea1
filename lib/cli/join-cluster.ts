import type { Host } from '../host/host.js'
import type { Report } from '../model/event.js'
import type { Family, IpAddress } from '../model/ip-address.js'
import type { Snapshot } from '../model/snapshot.js'
import type { Log } from '../observe/log.js'
import type { Source } from '../proxy/source.js'
import type { CaptureMode } from './capture-mode.js'
import { type Cluster, openCluster } from './cluster.js'
import { firstLook, forgivenWhen } from './first-look.js'
import type { ChosenOptions } from './options.js'
import { decideReach, mayRoute } from './reach/decide.js'
import type { Decision, Reached } from './reach/reached.js'
import { routesWay } from './reach/routes-way.js'
import { checkRivals } from './rivals.js'

export interface JoinClusterParts {
  readonly host: Host
  readonly families: readonly Family[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether clients are served from before. */
  readonly served: boolean
  /** Whether what others do for the same Services is to be looked at first. */
  readonly checksRivals: boolean
  /** Makes sure that Services' addresses may be routed to this machine; absent: they are not. */
  readonly checkRoutes: CaptureMode['checkRoutes']
  readonly reached: Reached
  /** Told of the cluster before anything is asked of it. */
  readonly found: (cluster: Cluster) => void
  /** Ends it early. */
  readonly signal: AbortSignal
  readonly log: Log
  readonly report: Report
}

/** What is met at a portal, and so by nobody else. */
const portalAddresses = ({ servicePorts }: Snapshot): ReadonlySet<IpAddress> =>
  new Set(
    servicePorts.flatMap(({ portals }) =>
      portals.flatMap(portal => (portal.kind === 'node-port' ? [] : [portal.address])),
    ),
  )

/**
 * Finds the cluster that the options mean, looks at it once, and decides how its endpoints are reached: where its API server is away,
 * as soon as it answers. Resolves with what the proxy is to follow; rejects with a Failure where it makes no sense to go on.
 */
export const joinCluster = async (options: ChosenOptions, parts: JoinClusterParts): Promise<Source> => {
  const { host, families, env, served, checksRivals, reached, signal, log, report } = parts
  const cluster = await openCluster(options, {
    ...{ families, log, report },
    ...(mayRoute(options, env) && { nodes: 'all' as const }),
  })
  const { source } = cluster
  parts.found(cluster)
  await firstLook(cluster, { signal, forgiven: forgivenWhen(served), log })
  // Not before: to look takes a while, and who is served from before waits for nothing.
  if (checksRivals) await checkRivals({ host, source, signal })
  if (source.ready && !signal.aborted) await parts.checkRoutes?.(portalAddresses(source.snapshot()))
  const routes = routesWay(cluster, { host, families, options, report })
  const decide = (): Promise<Decision> => decideReach({ options, cluster, routes, env, report })
  if (source.ready && !signal.aborted) await reached.decided(decide)
  return reached.sourceFrom(source, decide)
}
