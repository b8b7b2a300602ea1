import type { Chain } from './chains.js'
import { sameRule } from './rule.js'
import type { Reference } from './ruleset.js'

/** The jumps that lead to `ours` from the kernel's chains. */
export const referencesTo = (ours: readonly Chain[]): readonly Reference[] => {
  const lengths = new Map<string, number>()
  return ours.flatMap(({ from, place, jump }) =>
    from.map((owner): Reference => {
      if (place === 'last') return { from: owner, place, rule: jump }
      const length = (lengths.get(owner) ?? 0) + 1
      lengths.set(owner, length)
      return { from: owner, place: length, rule: jump }
    }),
  )
}

const samePlaces = (some: readonly Reference[], others: readonly Reference[]): boolean =>
  some.length === others.length &&
  some.every(({ place, rule }, index) => {
    const other = others[index]
    return place === other?.place && sameRule(rule, other.rule)
  })

/**
 * Where the first jumps are not as wanted, all of them are taken out and put in again. A last one that is there is left where
 * it is, whoever came after it: two programs that each want to be last would never rest.
 */
const ownerLines = (owner: string, old: readonly Reference[], next: readonly Reference[]): string[] => {
  const first = next.filter(({ place }) => place !== 'last')
  const last = next.filter(({ place }) => place === 'last')
  const kept = last.flatMap(({ rule }) => old.find(other => sameRule(other.rule, rule)) ?? [])
  const rest = old.filter(reference => !kept.includes(reference))
  const missing = last.filter(({ rule }) => !kept.some(other => sameRule(other.rule, rule)))
  const moved = samePlaces(rest, first)
    ? []
    : [
        ...rest.map(({ rule }) => `-D ${owner} ${rule}`),
        ...first.map(({ place, rule }) => `-I ${owner} ${place} ${rule}`),
      ]
  return [...moved, ...missing.map(({ rule }) => `-A ${owner} ${rule}`)]
}

/** What makes the `current` jumps those that are `wanted`. */
export const referenceLines = (current: readonly Reference[], wanted: readonly Reference[]): string[] => {
  const owners = new Set([...current, ...wanted].map(({ from }) => from))
  const of = (references: readonly Reference[], owner: string): Reference[] =>
    references.filter(({ from }) => from === owner)
  return [...owners].flatMap(owner => ownerLines(owner, of(current, owner), of(wanted, owner)))
}
