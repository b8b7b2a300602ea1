import { type Cidr, cidrFamily, cidrText } from '../model/cidr.js'
import type { Family } from '../model/ip-address.js'
import { rangePlace } from './place.js'
import { refusing } from './portal-rules.js'
import { comment, type Rule } from './rule.js'
import { type PlacedRules, split, type SplitRules } from './split.js'

/** What stands behind the portals' rules for the ranges that are closed, in each table. */
export interface ClosedRules {
  readonly filter: SplitRules
  readonly nat: SplitRules
}

const addressDigits: Readonly<Record<Family, number>> = { IPv4: 8, IPv6: 32 }

const why = comment('nothing of the cluster is here')

// What holds for all is not written.
const there = (range: Cidr): string => (range.bits === 0 ? '' : `-d ${cidrText(range)} `)

/** Whoever comes, in whatever protocol. */
const refusals = (range: Cidr): readonly Rule[] => [
  `${there(range)}-p tcp ${why} -j ${refusing('TCP', cidrFamily(range))}`,
  `${there(range)}${why} -j ${refusing('UDP', cidrFamily(range))}`,
]

const keyOf = ({ place, rules }: PlacedRules): string => [place, ...rules].join()

const compare = (one: PlacedRules, other: PlacedRules): number => (keyOf(one) < keyOf(other) ? -1 : 1)

/**
 * Closes the ranges of one family but for what portals' rules have taken before: their addresses are this machine's own, and
 * whoever listens on all of these would answer at each of them. In nat they are passed by what comes after us: node ports, which
 * are at every address of this machine, and ports that others publish at all of these, as Docker does.
 */
export const closedRules = (closed: readonly Cidr[], family: Family): ClosedRules => {
  const ranges = closed.filter(range => cidrFamily(range) === family)
  const placed = (rulesOf: (range: Cidr) => readonly Rule[]): SplitRules => {
    const each = new Map(
      ranges.map(range => [cidrText(range), { place: rangePlace(range), rules: rulesOf(range) }]),
    )
    return split([...each.values()].sort(compare), {
      addressDigits: addressDigits[family],
      purpose: 'closed',
    })
  }
  return { filter: placed(refusals), nat: placed(range => [`${there(range)}${why} -j ACCEPT`]) }
}
