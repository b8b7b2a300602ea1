import type { Host } from '../../host/host.js'
import { cidrText } from '../../model/cidr.js'
import { errorText } from '../../model/error-text.js'
import type { Report } from '../../model/event.js'
import { Failure } from '../../model/failure.js'
import type { Family, IpAddress } from '../../model/ip-address.js'
import { ip, ipEach, type IpOptions } from '../../routing/ip-command.js'
import { pointToPointLinks } from '../../routing/links.js'
import { removeRoutes } from '../../routing/our-routes.js'
import { destinationText, protocol, readRoutes } from '../../routing/route.js'
import { type NodeRoute, type NodeTrouble, planRoutes, type RoutedNode, type RoutePlan } from './plan.js'

export interface NodeRoutesOptions {
  readonly host: Host
  /** Those that this machine has. */
  readonly families: readonly Family[]
  /** Where the API server is: that is never routed to a node. */
  readonly apiServers: readonly IpAddress[]
  /** Whether networks of this machine that have the same addresses are no reason not to. */
  readonly allowOverlap: boolean
  readonly report: Report
}

/** How far the pods of all nodes are reached. */
export interface RoutedNodes {
  readonly routes: readonly NodeRoute[]
  readonly troubles: readonly NodeTrouble[]
}

const keyOf = ({ to, via }: NodeRoute): string => `${cidrText(to)} ${via}`

const byName = (one: RoutedNode, other: RoutedNode): number => (one.name < other.name ? -1 : 1)

/** Reaches pods through the nodes that they are on, by a route for the pods of each that is a neighbour of this machine. */
export class NodeRoutes {
  readonly #options: NodeRoutesOptions
  #nodes: readonly RoutedNode[] = []
  /** What was there after the last update: what is missing of these, somebody took away. */
  #standing: ReadonlySet<string> = new Set()
  /** What was said of the nodes that are in trouble. */
  #told: ReadonlyMap<string, string> = new Map()
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(options: NodeRoutesOptions) {
    this.#options = options
  }

  /**
   * Makes the routes those of `nodes`, and changes nothing where they are; to be called again when nodes change, and now and then,
   * as others may flush routes. What cannot be done for one node is reported, once, and harms no other. Rejects where it cannot be
   * told what routes there are.
   */
  update(nodes: readonly RoutedNode[]): Promise<RoutedNodes> {
    this.#nodes = nodes
    return this.#inTurn(() => this.#update())
  }

  /** What `update` would make of `nodes`. Changes nothing. */
  async trial(nodes: readonly RoutedNode[]): Promise<RoutedNodes> {
    const plans = await Promise.all(this.#options.families.map(family => this.#plan(nodes, family)))
    return {
      routes: plans.flatMap(({ routes }) => routes),
      troubles: plans.flatMap(({ troubles }) => troubles),
    }
  }

  /** Takes all of ours out, those of earlier runs included, and makes none any more. Resolves with what was removed, a line each. */
  remove(): Promise<readonly string[]> {
    this.#closed = true
    return this.#inTurn(async () => {
      const { host, families } = this.#options
      const removed = families.map(family => removeRoutes({ host, family }, 'main'))
      return (await Promise.all(removed)).flat()
    })
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = this.#last.then(work)
    this.#last = next.catch(() => undefined)
    return next
  }

  async #plan(nodes: readonly RoutedNode[], family: Family): Promise<RoutePlan> {
    const { host, apiServers, allowOverlap } = this.#options
    const options: IpOptions = { host, family }
    const surroundings = {
      routes: await readRoutes(options),
      pointToPoint: await pointToPointLinks(options),
      apiServers: apiServers.map(address => ({ address, what: 'the API server' })),
      allowOverlap,
    }
    return planRoutes(nodes.toSorted(byName), surroundings, family)
  }

  async #update(): Promise<RoutedNodes> {
    if (this.#closed) return { routes: [], troubles: [] }
    const { families } = this.#options
    const all = await Promise.all(families.map(family => this.#updateIn(family)))
    const routes = all.flatMap(each => each.routes)
    const troubles = all.flatMap(each => each.troubles)
    this.#standing = new Set(routes.map(keyOf))
    this.#tell(troubles)
    return { routes, troubles }
  }

  async #updateIn(family: Family): Promise<RoutedNodes> {
    const { host, report } = this.#options
    const options: IpOptions = { host, family }
    const { routes, missing, lines, gone, troubles } = await this.#plan(this.#nodes, family)
    await ipEach(
      options,
      gone.map(({ to }) => `route delete ${destinationText(to)} table main proto ${protocol}`),
    )
    for (const { to } of gone) report({ type: 'node-route', state: 'removed', range: cidrText(to) })
    const refused = new Map<NodeRoute, NodeTrouble>()
    for (const [index, route] of missing.entries())
      try {
        await ip(options, (lines[index] ?? '').split(' '))
        this.#tellOf(route)
      } catch (error) {
        refused.set(route, troubleOf(route, error))
      }
    return {
      routes: routes.filter(route => !refused.has(route)),
      troubles: [...troubles, ...refused.values()],
    }
  }

  #tellOf(route: NodeRoute): void {
    const { node, to, via } = route
    const state = this.#standing.has(keyOf(route)) ? 'repaired' : 'added'
    this.#options.report({ type: 'node-route', state, range: cidrText(to), node, via })
  }

  #tell(troubles: readonly NodeTrouble[]): void {
    const told = this.#told
    this.#told = new Map(troubles.map(({ node, to, reason }) => [`${node} ${cidrText(to)}`, reason]))
    for (const { node, to, reason, cure } of troubles)
      if (told.get(`${node} ${cidrText(to)}`) !== reason)
        this.#options.report({ type: 'node-unrouted', node, range: cidrText(to), reason, cure })
  }
}

const troubleOf = ({ node, to }: NodeRoute, error: unknown): NodeTrouble => ({
  ...{ node, to, kind: 'unreachable', reason: errorText(error) },
  cure: error instanceof Failure ? error.cure : 'it will be tried again',
})
