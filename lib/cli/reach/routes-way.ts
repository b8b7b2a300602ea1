import { isDeepStrictEqual } from 'node:util'
import type { Host } from '../../host/host.js'
import type { Report } from '../../model/event.js'
import type { Family, IpAddress } from '../../model/ip-address.js'
import { DirectReach } from '../../reach/direct.js'
import { routesFailure, whyUnrouted } from '../../reach/routes/can-route.js'
import { NodeRoutes } from '../../reach/routes/node-routes.js'
import type { RoutedNode } from '../../reach/routes/plan.js'
import { readOurs } from '../../routing/our-routes.js'
import { realClock as clock } from '../real-clock.js'
import type { RoutesWay } from './decide.js'

/** What is needed of the cluster. */
export interface RoutedCluster {
  readonly source: {
    readonly nodes: readonly RoutedNode[]
    /** Why we may not see them. */
    readonly nodesForbidden: string | undefined
    /** Where the API server is, as far as that is known. */
    readonly apiServers: readonly IpAddress[]
  }
}

export interface RoutesWayParts {
  readonly host: Host
  readonly families: readonly Family[]
  readonly options: { readonly allowOverlap?: true }
  readonly report: Report
}

/** Straight to the pods, by routes through the nodes that they are on. */
export const routesWay = (
  { source }: RoutedCluster,
  { host, families, options, report }: RoutesWayParts,
): RoutesWay => {
  const routes = new NodeRoutes({
    ...{ host, families, report },
    apiServers: source.apiServers,
    allowOverlap: options.allowOverlap ?? false,
  })
  let routed: readonly RoutedNode[] | undefined
  const update = async (): Promise<void> => {
    const { nodes } = source
    await routes.update(nodes)
    routed = nodes
  }
  return {
    way: {
      reach: new DirectReach({ clock }),
      // Of changes, most are of endpoints, and each look at the routes takes programs.
      prepare: async () => {
        if (!isDeepStrictEqual(source.nodes, routed)) await update()
      },
      repair: update,
      remove: async () => {
        await routes.remove()
      },
    },
    isThere: async () => {
      if (host.platform !== 'linux') return false
      const found = families.map(family => readOurs({ host, family }, 'main'))
      try {
        return (await Promise.all(found)).flat().length > 0
      } catch {
        // Without iproute2, which makes them, there are none.
        return false
      }
    },
    whyNot: async () => {
      if (host.platform !== 'linux') return 'routes can be added on Linux only'
      return source.nodesForbidden ?? whyUnrouted(await routes.trial(source.nodes))[0]
    },
    check: async () => {
      const failure = routesFailure(await routes.trial(source.nodes))
      if (failure) throw failure
    },
  }
}
