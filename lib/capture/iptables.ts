import type { Host } from '../host/host.js'
import type { Report } from '../model/event.js'
import type { Family, IpAddress } from '../model/ip-address.js'
import type { Backend } from './backend.js'
import type { Capture, Preparation, Wanted } from './capture.js'
import { tables } from './chains.js'
import { Conntrack } from './conntrack.js'
import { putAddress, removeAddresses } from './dedicated-address.js'
import { FamilyTables } from './family-tables.js'
import { guardText, removeText, restoreText } from './restore-text.js'
import { type Rule, targetOf } from './rule.js'
import { rulesFor } from './rules.js'
import { nothing, type Ruleset } from './ruleset.js'
import { settled } from './settled.js'
import { redirectsIn } from './stale-flows.js'
import { dedicatedAddress, redirect, type Target } from './target.js'

export interface IptablesOptions {
  readonly host: Host
  readonly backend: Backend
  readonly families: readonly Family[]
  /** `redirect` when absent. */
  readonly target?: Target
  /** This machine's addresses: where node ports are. */
  readonly addresses: () => readonly IpAddress[]
  readonly report: Report
}

/** What makes the `current` rules the `rules` that are wanted. */
interface Change {
  readonly current: Ruleset
  readonly rules: Ruleset
  readonly text: string
}

const count = (rules: readonly Rule[]): string => `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`

const inventory = (current: Ruleset): string[] =>
  tables.flatMap(table => [
    ...current[table].references.map(
      ({ from, rule }) => `${table}: the jump from ${from} to ${targetOf(rule) ?? 'nowhere'}`,
    ),
    ...[...current[table].chains].map(([name, rules]) => `${table}: ${name} with ${count(rules)}`),
  ])

/** Captures with iptables: packets for a portal are sent to this machine, to the listener's port. */
export class Iptables implements Capture {
  readonly #options: IptablesOptions
  readonly #target: Target
  readonly #tables: Readonly<Record<Family, FamilyTables>>
  readonly #conntracks: Readonly<Record<Family, Conntrack>>

  constructor(options: IptablesOptions) {
    this.#options = options
    this.#target = options.target ?? redirect
    this.#tables = {
      IPv4: new FamilyTables({ ...options, family: 'IPv4' }),
      IPv6: new FamilyTables({ ...options, family: 'IPv6' }),
    }
    this.#conntracks = {
      IPv4: new Conntrack({ ...options, family: 'IPv4' }),
      IPv6: new Conntrack({ ...options, family: 'IPv6' }),
    }
  }

  async prepare({ guarded }: Preparation): Promise<void> {
    await this.#eachFamily(async family => {
      const opening = guarded.filter(each => each.family === family)
      if (opening.length === 0) return []
      const text = guardText(await this.#tables[family].read(), opening, { family, target: this.#target })
      await this.#tables[family].write(text)
      await this.#putAddress(family)
      return []
    })
  }

  apply(wanted: Wanted): Promise<readonly Family[]> {
    return this.#eachFamily(async family => {
      const current = await this.#tables[family].read()
      const rules = rulesFor(wanted, family, this.#target)
      const text = restoreText(current, rules)
      if (wanted.portals.some(each => each.family === family)) await this.#putAddress(family)
      await this.#change(family, { current, rules, text })
      return text === '' ? [] : [family]
    })
  }

  remove(): Promise<readonly string[]> {
    return this.#eachFamily(async family => {
      const current = await this.#tables[family].read()
      await this.#change(family, { current, rules: nothing, text: removeText(current) })
      const { host, backend } = this.#options
      const addresses = this.#target.kind === 'dnat' ? await removeAddresses({ host, family }) : []
      return [...inventory(current).map(line => `${family} ${backend.kind} ${line}`), ...addresses]
    })
  }

  #eachFamily<Result>(work: (family: Family) => Promise<readonly Result[]>): Promise<readonly Result[]> {
    return settled(this.#options.families.map(work))
  }

  async #putAddress(family: Family): Promise<void> {
    const address = dedicatedAddress(this.#target, family)
    if (address !== undefined) await putAddress({ host: this.#options.host, family }, address)
  }

  /** Conntrack comes last: until the rules have changed, the kernel would only do the same again. */
  async #change(family: Family, { current, rules, text }: Change): Promise<void> {
    const conntrack = this.#conntracks[family]
    const redirects = redirectsIn(rules)
    conntrack.suspect(redirectsIn(current), redirects)
    await this.#tables[family].write(text)
    await conntrack.settle(redirects)
  }
}
