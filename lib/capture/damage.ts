import { tables } from './chains.js'
import { restoreText } from './restore-text.js'
import { type Rule, sameRule } from './rule.js'
import type { Ruleset, TableRules } from './ruleset.js'

/** What somebody else did to our rules. */
export interface Damage {
  /** How many rules and jumps of ours were gone, or said something else. */
  readonly missing: number
  /** How many there should have been. */
  readonly of: number
  /** The rule that somebody put before a jump of ours that has to come first. */
  readonly displacedBy?: Rule
}

/** Those of `wanted` that are not in `found`. */
const absent = (wanted: readonly Rule[], found: readonly Rule[]): number => {
  const known = new Set(found)
  return wanted.filter(rule => !known.has(rule) && !found.some(each => sameRule(each, rule))).length
}

const jumpsFrom = (owner: string, { references }: TableRules): readonly Rule[] =>
  references.filter(({ from }) => from === owner).map(({ rule }) => rule)

/** What stands where the first of our jumps should. */
const displacer = (left: TableRules, found: TableRules): Rule | undefined => {
  const owners = left.references.filter(({ place }) => place === 1).map(({ from }) => from)
  const first = owners.map(owner => found.references.find(({ from }) => from === owner))
  return first.find(reference => reference !== undefined && reference.place !== 1)?.behind
}

/** How the rules that were `found` differ from those that we had left; undefined where they do the same. */
export const damageOf = (left: Ruleset, found: Ruleset): Damage | undefined => {
  if (left === found || restoreText(found, left) === '') return undefined
  let [missing, of] = [0, 0]
  let displacedBy: Rule | undefined
  for (const table of tables) {
    const [wanted, there] = [left[table], found[table]]
    for (const [name, rules] of wanted.chains) {
      missing += absent(rules, there.chains.get(name) ?? [])
      of += rules.length
    }
    for (const owner of new Set(wanted.references.map(({ from }) => from))) {
      const jumps = jumpsFrom(owner, wanted)
      missing += absent(jumps, jumpsFrom(owner, there))
      of += jumps.length
    }
    displacedBy ??= displacer(wanted, there)
  }
  return { missing, of, ...(displacedBy !== undefined && { displacedBy }) }
}
