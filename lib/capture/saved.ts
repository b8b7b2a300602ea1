import { isOurs, type Table, tables } from './chains.js'
import { type Rule, targetOf } from './rule.js'
import type { Reference, Ruleset } from './ruleset.js'

const chainLine = /^:(\S+)/
const ruleLine = /^(?:\[\d+:\d+\] )?-A (\S+) ?(.*)$/

/** Collects what is ours in one table, line by line. */
class TableReader {
  readonly chains = new Map<string, Rule[]>()
  readonly references: Reference[] = []
  readonly #table: Table
  readonly #lengths = new Map<string, number>()
  /** Of each chain that is not ours, the last rule so far, unless that is a jump of ours. */
  readonly #foreign = new Map<string, Rule>()

  constructor(table: Table) {
    this.#table = table
  }

  read(line: string): void {
    const chain = chainLine.exec(line)?.[1]
    if (chain !== undefined && isOurs(this.#table, chain)) this.chains.set(chain, [])
    const [, owner, rule] = ruleLine.exec(line) ?? []
    if (owner === undefined || rule === undefined) return
    const ours = this.chains.get(owner)
    if (ours) ours.push(rule)
    else this.#readForeign(owner, rule)
  }

  #readForeign(from: string, rule: Rule): void {
    const place = (this.#lengths.get(from) ?? 0) + 1
    this.#lengths.set(from, place)
    const behind = this.#foreign.get(from)
    if (!rule.includes('KUBE-') || !isOurs(this.#table, targetOf(rule) ?? '')) this.#foreign.set(from, rule)
    else this.references.push({ from, place, rule, ...(behind !== undefined && { behind }) })
  }
}

/** Finds what is ours in what `iptables-save` printed, with counters or without, by either backend. */
export const savedRules = (text: string): Ruleset => {
  const readers = { filter: new TableReader('filter'), nat: new TableReader('nat') }
  let reader: TableReader | undefined
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) {
      const table = tables.find(name => line === `*${name}`)
      reader = table && readers[table]
    } else reader?.read(line)
  }
  return readers
}
