import { createHash } from 'node:crypto'
import { matching, type Place } from './place.js'
import type { Rule } from './rule.js'

/** The rules for packets that go to one place, in their order. */
export interface PlacedRules {
  readonly place: Place
  readonly rules: readonly Rule[]
}

/** Rules that are spread over chains so that a packet meets few of them. */
export interface SplitRules {
  /** For the chains that lead to the others. */
  readonly root: readonly Rule[]
  /** The others, by name. */
  readonly chains: ReadonlyMap<string, readonly Rule[]>
}

export interface SplitOptions {
  /** How many digits of each place are the address's. */
  readonly addressDigits: number
  /** Chains of one table that are for different things have different names, though they match the same. */
  readonly purpose: 'portals' | 'guard' | 'closed'
}

/**
 * So many rules stand together in one chain. Connecting takes as long behind 32, 64 or 128 as behind 10 (10,000 portals, both
 * backends); with 32 there are 3,552 chains for them, which nft takes 0.7 s to make, and with 64 there are 274, and 0.3 s.
 */
export const manyRules = 64

const sharedDigits = (one: Place, other: Place): number => {
  let digits = 0
  while (digits < one.length && one[digits] === other[digits]) digits += 1
  return digits
}

// By what it matches alone: whoever else comes or goes, the chain is still the same.
const nameOf = (match: Rule, purpose: string): string =>
  `KUBE-PORTAL-${createHash('sha256').update(`${purpose} ${match}`).digest('hex').slice(0, 12)}`

const groupsBy = (placed: readonly PlacedRules[], digits: number): ReadonlyMap<Place, PlacedRules[]> => {
  const groups = new Map<Place, PlacedRules[]>()
  for (const each of placed) {
    const place = each.place.slice(0, digits)
    const group = groups.get(place)
    if (group) group.push(each)
    else groups.set(place, [each])
  }
  return groups
}

/**
 * Spreads rules over chains where they are many: 16 jumps lead to those whose places have the next digit in common, and so on.
 * `placed` is sorted by place.
 */
export const split = (
  placed: readonly PlacedRules[],
  { addressDigits, purpose }: SplitOptions,
): SplitRules => {
  const chains = new Map<string, readonly Rule[]>()
  const rulesOf = (group: readonly PlacedRules[]): readonly Rule[] => {
    const size = group.reduce((sum, { rules }) => sum + rules.length, 0)
    const [first, last] = [group[0]?.place ?? '', group.at(-1)?.place ?? '']
    if (size <= manyRules || first === last) return group.flatMap(({ rules }) => rules)
    return [...groupsBy(group, sharedDigits(first, last) + 1)].map(([place, members]) => {
      const match = matching(place, addressDigits)
      const name = nameOf(match, purpose)
      chains.set(name, rulesOf(members))
      return `${match} -j ${name}`
    })
  }
  return { root: rulesOf(placed), chains }
}
