import type { Family } from '../model/ip-address.js'
import type { Wanted } from './capture.js'
import type { ChainName, Table } from './chains.js'
import { type Rule, sameRule } from './rule.js'
import { rulesFor } from './rules.js'
import { nothing, type Reference, type Ruleset, type TableRules } from './ruleset.js'

const sameRules = (a: readonly Rule[], b: readonly Rule[]): boolean =>
  a.length === b.length && a.every((rule, index) => sameRule(rule, b[index] ?? ''))

const sameReference = (a: Reference, b: Reference | undefined): boolean =>
  a.place === b?.place && sameRule(a.rule, b.rule)

const sameReferences = (a: readonly Reference[], b: readonly Reference[]): boolean =>
  a.length === b.length && a.every((reference, index) => sameReference(reference, b[index]))

/** Where one chain's jumps are not as wanted, all of them are taken out and put in again. */
const referenceLines = (current: readonly Reference[], wanted: readonly Reference[]): string[] => {
  const owners = new Set([...current, ...wanted].map(({ from }) => from))
  return [...owners].flatMap(owner => {
    const old = current.filter(({ from }) => from === owner)
    const next = wanted.filter(({ from }) => from === owner)
    if (sameReferences(old, next)) return []
    return [
      ...old.map(({ rule }) => `-D ${owner} ${rule}`),
      ...next.map(({ place, rule }) => `-I ${owner} ${place} ${rule}`),
    ]
  })
}

const tableLines = (current: TableRules, wanted: TableRules): string[] => {
  const changed = [...wanted.chains].filter(([name, rules]) => {
    const old = current.chains.get(name)
    return !old || !sameRules(old, rules)
  })
  const strays = [...current.chains.keys()].filter(name => !wanted.chains.has(name))
  return [
    // Naming a chain makes it, or empties it if it is there.
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

/** The filter rules that are `wanted`, refusing also what is refused now. */
const stillRefusing = (current: TableRules, wanted: TableRules): TableRules => {
  const name: ChainName = 'KUBE-PORTAL-REFUSE'
  const refusals = new Set([...(current.chains.get(name) ?? []), ...(wanted.chains.get(name) ?? [])])
  return { ...wanted, chains: new Map([...wanted.chains, [name, [...refusals].sort()]]) }
}

/**
 * What `iptables-restore --noflush` is to be given so that `current` becomes `wanted`; empty when it already is.
 *
 * A table is changed at one moment, two are not. So the guard stands before packets are redirected to what it guards,
 * refusals come before a redirect goes, and go after a redirect has come (meanwhile it is the redirect that counts):
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

/** What a machine without any of our rules would be given: for a dry run. */
export const installText = (wanted: Wanted, family: Family): string =>
  restoreText(nothing, rulesFor(wanted, family))
