import type { Table } from './chains.js'
import type { Rule } from './rule.js'

/** A rule in somebody else's chain that leads to one of ours. */
export interface Reference {
  readonly from: string
  /** Its place in that chain, from 1. Where `last` is wanted, any place behind our other ones will do. */
  readonly place: number | 'last'
  readonly rule: Rule
  /** Somebody else's rule that stands right before it. */
  readonly behind?: Rule
}

/** What one table holds of ours. */
export interface TableRules {
  readonly chains: ReadonlyMap<string, readonly Rule[]>
  readonly references: readonly Reference[]
}

/** All of ours in one family. */
export type Ruleset = Readonly<Record<Table, TableRules>>

const empty: TableRules = { chains: new Map(), references: [] }

/** Nothing of ours at all: what there is before we start, and after we are gone. */
export const nothing: Ruleset = { filter: empty, nat: empty }

const ruleCount = ({ chains, references }: TableRules): number => {
  let count = references.length
  for (const rules of chains.values()) count += rules.length
  return count
}

/** How many rules there are, by table. */
export const ruleCounts = ({ filter, nat }: Ruleset): Readonly<Record<Table, number>> => ({
  filter: ruleCount(filter),
  nat: ruleCount(nat),
})

const jump = / -j (KUBE-PORTAL-\S+)$/

/** The names of our chains that packets in the chain `name` can come to: its own, and those that its rules lead to. */
export const reached = ({ chains }: TableRules, name: string): ReadonlySet<string> => {
  const names = new Set([name])
  // What is added on the way is visited, too.
  for (const each of names)
    for (const rule of chains.get(each) ?? []) {
      const [, next] = jump.exec(rule) ?? []
      if (next !== undefined && chains.has(next)) names.add(next)
    }
  return names
}
