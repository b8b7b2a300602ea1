import type { Family } from '../model/ip-address.js'
import type { GuardedPort, Wanted } from './capture.js'
import { guardChain, refuseChain, type Table } from './chains.js'
import { guardedIn, guardRules, isOpening } from './guard.js'
import { referenceLines, referencesTo } from './references.js'
import { type Rule, sameRule } from './rule.js'
import { rulesFor } from './rules.js'
import { nothing, reached, type Ruleset, type TableRules } from './ruleset.js'
import { redirect, type Target } from './target.js'

const sameRules = (a: readonly Rule[], b: readonly Rule[]): boolean =>
  a.length === b.length && a.every((rule, index) => sameRule(rule, b[index] ?? ''))

const tableLines = (current: TableRules, wanted: TableRules): string[] => {
  const changed = [...wanted.chains].filter(([name, rules]) => {
    const old = current.chains.get(name)
    return !old || !sameRules(old, rules)
  })
  const strays = [...current.chains.keys()].filter(name => !wanted.chains.has(name))
  return [
    // Naming a chain makes it, or empties it if it is there. A chain can go only when no rule leads to it any more.
    ...[...changed.map(([name]) => name), ...strays].map(name => `:${name} - [0:0]`),
    ...referenceLines(current.references, wanted.references),
    ...changed.flatMap(([name, rules]) => rules.map(rule => `-A ${name} ${rule}`)),
    ...strays.map(name => `-X ${name}`),
  ]
}

const section = (table: Table, current: TableRules, wanted: TableRules): string => {
  const lines = tableLines(current, wanted)
  return lines.length > 0 ? [`*${table}`, ...lines, 'COMMIT', ''].join('\n') : ''
}

/** Rules that do what `wanted` does, and to packets that it leaves alone what `current` does. */
const both = (current: readonly Rule[], wanted: readonly Rule[]): readonly Rule[] => {
  const known = new Set(wanted)
  const others = current.filter(rule => !known.has(rule))
  if (others.length === 0) return wanted
  // Nothing new: then nothing need be written.
  return others.length === current.length - known.size ? current : [...wanted, ...others]
}

/** The filter rules that are `wanted`, refusing also what is refused now. */
const stillRefusing = (current: TableRules, wanted: TableRules): TableRules => {
  const [old, next] = [reached(current, guardChain.name), reached(wanted, guardChain.name)]
  const refusals = [...wanted.chains.keys(), ...current.chains.keys()].filter(
    name => !old.has(name) && !next.has(name),
  )
  const rulesOf = (name: string): readonly Rule[] =>
    both(current.chains.get(name) ?? [], wanted.chains.get(name) ?? [])
  return {
    ...wanted,
    chains: new Map([...wanted.chains, ...refusals.map(name => [name, rulesOf(name)] as const)]),
  }
}

/**
 * What `iptables-restore --noflush` is to be given so that `current` becomes `wanted`; empty when it already is.
 *
 * A table is changed at one moment, two are not. So the guard stands before packets are captured for what it guards,
 * refusals come before a capture goes, and go after a capture has come (meanwhile it is the capture that counts):
 * at no moment does a packet for a portal leave this machine for an address that does not exist.
 */
export const restoreText = (current: Ruleset, wanted: Ruleset): string => {
  const between = stillRefusing(current.filter, wanted.filter)
  return [
    section('filter', current.filter, between),
    section('nat', current.nat, wanted.nat),
    section('filter', between, wanted.filter),
  ].join('')
}

/** What takes everything of ours out. The guard goes last: connections that are still open need it. */
export const removeText = (current: Ruleset): string =>
  section('nat', current.nat, nothing.nat) + section('filter', current.filter, nothing.filter)

export interface GuardOptions {
  readonly family: Family
  readonly target: Target
}

/** The `current` rules, guarding the ports of `opening`, too. */
export const withGuard = (
  { filter, nat }: Ruleset,
  opening: readonly GuardedPort[],
  { family, target }: GuardOptions,
): Ruleset => {
  const old = reached(filter, guardChain.name)
  const rules = [...old].flatMap(name => filter.chains.get(name) ?? [])
  const guards = guardRules([...guardedIn(rules, family, target), ...opening], family, target)
  const chains = new Map([
    ...[...filter.chains].filter(([name]) => !old.has(name)),
    [guardChain.name, [...rules.filter(isOpening), ...guards.root]],
    ...guards.chains,
  ])
  const there = [guardChain, refuseChain].filter(({ name }) => chains.has(name))
  const references = [
    ...referencesTo(there).filter(({ from }) => from === 'INPUT'),
    ...filter.references.filter(({ from }) => from !== 'INPUT'),
  ]
  return { filter: { chains, references }, nat }
}

/** What a machine without any of our rules would be given: for a dry run. */
export const installText = (wanted: Wanted, family: Family, target: Target = redirect): string =>
  restoreText(nothing, rulesFor(wanted, family, target))
