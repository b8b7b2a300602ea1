import { type Cidr, cidrFamily, cidrHas, cidrText, intersection } from '../../model/cidr.js'
import { type Family, familyOf, type IpAddress } from '../../model/ip-address.js'
import { conflicts, inUse, type Landmark, overlapCure } from '../../routing/conflicts.js'
import { isDefault } from '../../routing/overlaps.js'
import { destinationText, isOurs, protocol, type Route } from '../../routing/route.js'

/** What is needed of a Node to get to its pods. */
export interface RoutedNode {
  readonly name: string
  /** Where its pods' addresses are from, one a family. */
  readonly podCidrs: readonly Cidr[]
  /** Its own addresses, first the primary one of each family. */
  readonly addresses: readonly IpAddress[]
}

/** The way to one node's pods. */
export interface NodeRoute {
  readonly node: string
  readonly to: Cidr
  readonly via: IpAddress
  /** The interface that the node is met at. */
  readonly device: string
}

/** Why a node's pods are not routed to. */
export interface NodeTrouble {
  readonly node: string
  readonly to: Cidr
  /** `conflict`: others have these addresses. `unreachable`: no packet for them would get as far as the node. */
  readonly kind: 'conflict' | 'unreachable'
  readonly reason: string
  readonly cure: string
}

export interface PlanSurroundings {
  /** All of one family. */
  readonly routes: readonly Route[]
  /** The interfaces that have no neighbours that could be told apart, as those of VPNs. */
  readonly pointToPoint: ReadonlySet<string>
  readonly apiServers: readonly Landmark[]
  /** Whether only the API server is to stay where it is. */
  readonly allowOverlap: boolean
}

/** What is to be done for all nodes, in one family. */
export interface RoutePlan {
  /** All ways that there are to be, those included that others have made. */
  readonly routes: readonly NodeRoute[]
  readonly missing: readonly NodeRoute[]
  /** What makes those, a line each for `ip -batch`. */
  readonly lines: readonly string[]
  /** Routes of ours that no node has any more. */
  readonly gone: readonly Route[]
  readonly troubles: readonly NodeTrouble[]
}

const otherReach = 'reach endpoints in another way: --reach portforward, or direct where others route'

const leadsLike = ({ to, via }: NodeRoute): ((route: Route) => boolean) => {
  const range = cidrText(to)
  return route => route.kind === 'unicast' && route.via === via && cidrText(route.to) === range
}

/** A node that has another address by now takes the place of what it was; what others made is never replaced. */
const lineFor = ({ to, via, device }: NodeRoute, { routes }: PlanSurroundings): string => {
  const ours = routes.some(
    each => isOurs(each) && each.table === 'main' && cidrText(each.to) === cidrText(to),
  )
  return `route ${ours ? 'replace' : 'add'} ${destinationText(to)} via ${via} dev ${device} proto ${protocol}`
}

/** The interface that the machine at `address` is a neighbour at: undefined where packets to it go through others. */
const deviceTo = (address: IpAddress, { routes, pointToPoint }: PlanSurroundings): string | undefined => {
  const [nearest] = routes
    .filter(({ kind, table, to }) => kind === 'unicast' && table === 'main' && cidrHas(to, address))
    .sort((one, other) => other.to.bits - one.to.bits)
  if (nearest?.device === undefined || nearest.via !== undefined || isDefault(nearest)) return undefined
  return pointToPoint.has(nearest.device) ? undefined : nearest.device
}

type Judgement =
  | { readonly kind: 'route'; readonly route: NodeRoute }
  /** The node is this machine. */
  | { readonly kind: 'here' }
  | { readonly kind: 'trouble'; readonly trouble: NodeTrouble }

/** Who else has addresses of the way's. */
const takenBy = (
  route: NodeRoute,
  others: readonly NodeRoute[],
  { routes, apiServers, allowOverlap }: PlanSurroundings,
): readonly string[] => {
  const nodes = others.filter(({ to }) => intersection(to, route.to) !== undefined)
  const elsewhere = routes.filter(each => !leadsLike(route)(each))
  return [
    ...nodes.map(({ node, to }) => `${cidrText(to)} of node ${node}`),
    ...conflicts(route.to, { routes: allowOverlap ? [] : elsewhere, landmarks: apiServers }),
  ]
}

const judge = (
  { name: node, addresses }: RoutedNode,
  to: Cidr,
  {
    surroundings,
    others,
  }: { readonly surroundings: PlanSurroundings; readonly others: readonly NodeRoute[] },
): Judgement => {
  const family = cidrFamily(to)
  const trouble = (reason: string): Judgement => ({
    kind: 'trouble',
    trouble: { node, to, kind: 'unreachable', reason, cure: otherReach },
  })
  const via = addresses.find(address => familyOf(address) === family)
  if (via === undefined) return trouble(`the node has no ${family} address`)
  if (surroundings.routes.some(({ kind, to }) => kind === 'local' && to.address === via))
    return { kind: 'here' }
  if (cidrHas(to, via)) return trouble(`the node's own address ${via} is one of its pods' range`)
  const device = deviceTo(via, surroundings)
  if (device === undefined)
    return trouble(`the node's address ${via} is in no network that this machine is in, too`)
  const route = { node, to, via, device }
  // What stands already is asked no more.
  const stands = surroundings.routes.some(each => isOurs(each) && leadsLike(route)(each))
  const taken = takenBy(route, others, stands ? { ...surroundings, allowOverlap: true } : surroundings)
  if (taken.length === 0) return { kind: 'route', route }
  return {
    kind: 'trouble',
    trouble: { node, to, kind: 'conflict', reason: inUse(taken), cure: overlapCure },
  }
}

/** What routes are to be made and removed for the `nodes`, in the family of `surroundings`. What is wrong with one harms no other. */
export const planRoutes = (
  nodes: readonly RoutedNode[],
  surroundings: PlanSurroundings,
  family: Family,
): RoutePlan => {
  const routes: NodeRoute[] = []
  const troubles: NodeTrouble[] = []
  for (const node of nodes)
    for (const to of node.podCidrs) {
      if (cidrFamily(to) !== family) continue
      const judgement = judge(node, to, { surroundings, others: routes })
      if (judgement.kind === 'route') routes.push(judgement.route)
      if (judgement.kind === 'trouble') troubles.push(judgement.trouble)
    }
  const wanted = new Set(routes.map(({ to }) => cidrText(to)))
  const missing = routes.filter(route => !surroundings.routes.some(leadsLike(route)))
  return {
    ...{ routes, troubles, missing },
    lines: missing.map(route => lineFor(route, surroundings)),
    gone: surroundings.routes.filter(
      route => isOurs(route) && route.table === 'main' && !wanted.has(cidrText(route.to)),
    ),
  }
}
