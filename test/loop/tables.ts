import { type Table, tables } from '../../lib/capture/chains.js'
import { sameRule, targetOf } from '../../lib/capture/rule.js'

/** A table's chains, each with its rules. */
export type Chains = ReadonlyMap<string, readonly string[]>

const builtIn: Readonly<Record<Table, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
}

const verdicts = new Set(['ACCEPT', 'DROP', 'REJECT', 'REDIRECT', 'DNAT', 'RETURN'])

const line =
  /^(?:(?<command>-A|-D) (?<chain>\S+) (?<rule>.+)|-I (?<into>\S+) (?<place>\d+) (?<inserted>.+)|-X (?<gone>\S+)|:(?<fresh>\S+) - \[0:0\])$/

/** One table while lines change it. Throws at a line that iptables would not take. */
class Draft {
  readonly #chains: Map<string, string[]>
  readonly #table: Table

  constructor(table: Table, chains: Chains) {
    this.#table = table
    this.#chains = new Map([...chains].map(([name, rules]) => [name, [...rules]]))
  }

  get chains(): Chains {
    return this.#chains
  }

  take(text: string): void {
    const { command, chain, rule, into, place, inserted, gone, fresh } = line.exec(text)?.groups ?? {}
    if (fresh !== undefined) this.#chains.set(fresh, [])
    else if (gone !== undefined) this.#remove(gone)
    else if (into !== undefined && inserted !== undefined) this.#insert(into, Number(place), inserted)
    else if (chain === undefined || rule === undefined) throw new Error(`what is ${text}`)
    else if (command === '-A') this.#insert(chain, this.#rules(chain).length + 1, rule)
    else this.#delete(chain, rule)
  }

  #rules(chain: string): string[] {
    const rules = this.#chains.get(chain)
    if (!rules) throw new Error(`there is no chain ${chain} in ${this.#table}`)
    return rules
  }

  #insert(chain: string, place: number, rule: string): void {
    const target = targetOf(rule) ?? ''
    if (!verdicts.has(target)) this.#rules(target)
    const rules = this.#rules(chain)
    if (place < 1 || place > rules.length + 1) throw new Error(`${chain} has no place ${place}`)
    rules.splice(place - 1, 0, rule)
  }

  #delete(chain: string, rule: string): void {
    const rules = this.#rules(chain)
    const index = rules.findIndex(each => sameRule(each, rule))
    if (index < 0) throw new Error(`${chain} has no rule ${rule}`)
    rules.splice(index, 1)
  }

  #remove(chain: string): void {
    if (this.#rules(chain).length > 0) throw new Error(`${chain} is not empty`)
    for (const [owner, rules] of this.#chains)
      if (rules.some(rule => targetOf(rule) === chain)) throw new Error(`${owner} leads to ${chain}`)
    this.#chains.delete(chain)
  }
}

/** A table's part of what iptables-restore reads. */
export interface Section {
  readonly table: Table
  readonly lines: readonly string[]
}

/** What iptables-restore is given, a table after the other. */
export const sectionsOf = (text: string): readonly Section[] =>
  text
    .split('COMMIT\n')
    .filter(part => part !== '')
    .map(part => {
      const [head = '', ...lines] = part.trim().split('\n')
      const table = tables.find(name => head === `*${name}`)
      if (!table) throw new Error(`there is no table ${head}`)
      return { table, lines }
    })

/** What of others stands in the tables, and is none of our affair. */
const others = `*filter
:DOCKER-USER - [0:0]
-A INPUT -s 192.0.2.77/32 -j ACCEPT
-A FORWARD -j DOCKER-USER
COMMIT
*nat
:DOCKER - [0:0]
:KUBE-NODEPORTS - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT -d 192.0.2.77/32 -j KUBE-NODEPORTS
COMMIT
`

/**
 * The kernel's tables of one family, as far as we write and read them. As in the kernel, a table changes at one moment or not
 * at all, and two tables at two moments.
 */
export class KernelTables {
  readonly #tables: Record<Table, Chains>
  #kept = others

  constructor() {
    this.#tables = { filter: new Map(), nat: new Map() }
    this.flush()
    for (const section of sectionsOf(others)) this.commit(section)
  }

  chains(table: Table): Chains {
    return this.#tables[table]
  }

  /** Changes one table. Throws, and changes nothing, where a line cannot be done. */
  commit({ table, lines }: Section): void {
    const draft = new Draft(table, this.#tables[table])
    for (const text of lines) draft.take(text)
    this.#tables[table] = draft.chains
  }

  /** Empties them, as `iptables -F` and `-X` do. */
  flush(table?: Table): void {
    for (const name of table ? [table] : tables)
      this.#tables[name] = new Map(builtIn[name].map(chain => [chain, []]))
  }

  /** Deletes one of all rules, theirs or ours. */
  deleteOne(which: number): void {
    const rules = tables.flatMap(table =>
      [...this.#tables[table]].flatMap(([chain, each]) => each.map(rule => ({ table, chain, rule }))),
    )
    const one = rules[which % Math.max(1, rules.length)]
    if (one) this.commit({ table: one.table, lines: [`-D ${one.chain} ${one.rule}`] })
  }

  /** Puts a rule before all others. */
  displace(chain: string): void {
    for (const table of tables)
      if (this.#tables[table].has(chain))
        this.commit({ table, lines: [`-I ${chain} 1 -s 192.0.2.78/32 -j ACCEPT`] })
  }

  /** Keeps what there is, for `loadKept`. */
  keep(): void {
    this.#kept = this.save()
  }

  loadKept(): void {
    this.load(this.#kept)
  }

  /** What iptables-save prints. */
  save(): string {
    return tables
      .map(table => {
        const chains = [...this.#tables[table]]
        const heads = chains.map(
          ([name]) => `:${name} ${builtIn[table].includes(name) ? 'ACCEPT' : '-'} [0:0]\n`,
        )
        const rules = chains.flatMap(([name, each]) => each.map(rule => `-A ${name} ${rule}\n`))
        return `*${table}\n${heads.join('')}${rules.join('')}COMMIT\n`
      })
      .join('')
  }

  /** Makes them what iptables-save printed once. */
  load(saved: string): void {
    this.flush()
    for (const { table, lines } of sectionsOf(saved))
      this.commit({ table, lines: lines.filter(each => !/^:\S+ ACCEPT/.test(each)) })
  }
}
