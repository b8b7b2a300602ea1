import { cidrOf, cidrText } from '../model/cidr.js'
import { type Family, familyOf } from '../model/ip-address.js'
import type { CapturedPortal, Wanted } from './capture.js'
import {
  guardChain,
  nodePortChains,
  nodePortRules,
  portalChains,
  refuseChain,
  toThisMachine,
} from './chains.js'
import { type ClosedRules, closedRules } from './closed.js'
import { guardRules, openRules } from './guard.js'
import { ordered, orderedCaptures, type OrderedRules } from './ordered-rules.js'
import { refusalRules } from './portal-rules.js'
import { referencesTo } from './references.js'
import type { Rule } from './rule.js'
import type { Ruleset, TableRules } from './ruleset.js'
import { split, type SplitRules } from './split.js'
import { redirect, type Target } from './target.js'

const purpose = 'portals'

type RulesOf = (captured: CapturedPortal) => OrderedRules | undefined

const addressDigits: Readonly<Record<Family, number>> = { IPv4: 8, IPv6: 32 }

// Two that are for the same place and clients must not depend on who came first.
const compare = (one: OrderedRules, other: OrderedRules): number => {
  const [a, b] =
    one.order === other.order ? [one.rules[0] ?? '', other.rules[0] ?? ''] : [one.order, other.order]
  return a === b ? 0 : a < b ? -1 : 1
}

const inOrder = (portals: readonly CapturedPortal[], rulesOf: RulesOf): readonly OrderedRules[] =>
  portals.flatMap(captured => rulesOf(captured) ?? []).sort(compare)

/** The rules of one family's portals, in one table. */
interface PortalRules {
  readonly addressed: SplitRules
  readonly nodePorts: SplitRules
}

const portalRules = (portals: readonly CapturedPortal[], family: Family, rulesOf: RulesOf): PortalRules => {
  const [addressed, nodePorts]: [CapturedPortal[], CapturedPortal[]] = [[], []]
  for (const captured of portals)
    (captured.portal.kind === 'node-port' ? nodePorts : addressed).push(captured)
  return {
    addressed: split(inOrder(addressed, rulesOf), { addressDigits: addressDigits[family], purpose }),
    nodePorts: split(inOrder(nodePorts, rulesOf), { addressDigits: 0, purpose }),
  }
}

/** What packets for node ports have in common, a rule's part each. */
const nodePortMatches = ({ nodePortAddresses }: Wanted, family: Family): readonly Rule[] =>
  nodePortAddresses
    ? [...new Set(nodePortAddresses)]
        .filter(address => familyOf(address) === family)
        .map(address => `-d ${cidrText(cidrOf(address))}`)
    : [toThisMachine]

/** The rules of one family in one table, but for the guard's. */
interface FamilyRules extends PortalRules {
  readonly closed: SplitRules
}

const nat = ({ addressed, nodePorts, closed }: FamilyRules, wanted: Wanted, family: Family): TableRules => {
  const some = wanted.portals.some(each => each.family === family && each.portal.kind === 'node-port')
  const matches = some ? nodePortMatches(wanted, family) : []
  const entrances = matches.length > 0 ? nodePortChains : []
  const root = closed.root.length > 0 ? [...addressed.root, ...closed.root] : addressed.root
  const apart = wanted.nodePortAddresses !== undefined && entrances.length > 0
  const jumps = apart ? matches.map(match => `${match} -j ${nodePortRules}`) : nodePorts.root
  return {
    chains: new Map([
      ...portalChains.map(({ name }) => [name, root] as const),
      ...entrances.map(({ name }) => [name, jumps] as const),
      ...(apart ? [[nodePortRules, nodePorts.root] as const] : []),
      ...addressed.chains,
      ...closed.chains,
      ...(entrances.length > 0 ? nodePorts.chains : []),
    ]),
    references: referencesTo([...portalChains, ...entrances]),
  }
}

const filter = (
  { addressed, nodePorts, closed }: FamilyRules,
  guards: SplitRules,
  matches: readonly Rule[],
): TableRules => {
  const apart = nodePorts.root.length > 0 ? matches : []
  // What was captured on its way to another portal may go to a local port of the same number.
  const jumps = apart.map(match => `${match} -m conntrack ! --ctstate DNAT -j ${nodePortRules}`)
  return {
    chains: new Map([
      [guardChain.name, guards.root],
      ...guards.chains,
      [refuseChain.name, [...addressed.root, ...closed.root, ...jumps]],
      ...(apart.length > 0 ? [[nodePortRules, nodePorts.root] as const] : []),
      ...addressed.chains,
      ...closed.chains,
      ...(apart.length > 0 ? nodePorts.chains : []),
    ]),
    references: referencesTo([guardChain, refuseChain]),
  }
}

/** The rules that make the kernel do what is `wanted`, for one family. Equal whatever order the portals come in. */
export const rulesFor = (wanted: Wanted, family: Family, target: Target = redirect): Ruleset => {
  const { ownPods, guarded, open } = wanted
  const closed: ClosedRules = closedRules(wanted.closed ?? [], family)
  const portals = wanted.portals.filter(portal => portal.family === family)
  const captures = portalRules(portals, family, captured => orderedCaptures(captured, ownPods, target))
  const refusals = portalRules(portals, family, captured =>
    ordered(captured, refusalRules(captured, ownPods)),
  )
  const guards = guardRules(guarded, family, target)
  return {
    filter: filter(
      { ...refusals, closed: closed.filter },
      { ...guards, root: [...openRules(open), ...guards.root] },
      nodePortMatches(wanted, family),
    ),
    nat: nat({ ...captures, closed: closed.nat }, wanted, family),
  }
}
