import type { Host } from '../host/host.js'
import type { Report } from '../model/event.js'
import type { Family, IpAddress } from '../model/ip-address.js'
import { turn } from '../model/turn.js'
import type { Backend } from './backend.js'
import type {
  Applied,
  Capture,
  CapturedPortal,
  FamilyFailure,
  Preparation,
  RulesInForce,
  Wanted,
} from './capture.js'
import { tables } from './chains.js'
import { Conntrack } from './conntrack.js'
import { putAddress, removeAddresses } from './dedicated-address.js'
import { eachFamily } from './each-family.js'
import { FamilyTables, type Memory } from './family-tables.js'
import type { Pace } from './pace.js'
import { type Plan, Planner } from './planner.js'
import { removeText, restoreText, withGuard } from './restore-text.js'
import { type Rule, targetOf } from './rule.js'
import { nothing, type Ruleset } from './ruleset.js'
import { settled } from './settled.js'
import { redirectsIn } from './stale-flows.js'
import { standingIn, standingKey } from './standing.js'
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
  readonly memory?: Memory
  /** Holds back what would put rules in; absent: nothing does. */
  readonly pace?: Pace
}

/** What makes the `current` rules those of the plan. */
interface Change {
  readonly current: Ruleset
  readonly plan: Pick<Plan, 'rules' | 'redirects'>
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
  readonly #planners: Readonly<Record<Family, Planner>>
  readonly #conntracks: Readonly<Record<Family, Conntrack>>
  /** Those that have had their address from us. */
  readonly #addressed = new Set<Family>()

  constructor(options: IptablesOptions) {
    this.#options = options
    this.#target = options.target ?? redirect
    this.#tables = {
      IPv4: new FamilyTables({ ...options, family: 'IPv4' }),
      IPv6: new FamilyTables({ ...options, family: 'IPv6' }),
    }
    this.#planners = {
      IPv4: new Planner('IPv4', this.#target),
      IPv6: new Planner('IPv6', this.#target),
    }
    this.#conntracks = {
      IPv4: new Conntrack({ ...options, family: 'IPv4' }),
      IPv6: new Conntrack({ ...options, family: 'IPv6' }),
    }
  }

  async prepare({ guarded }: Preparation): Promise<readonly FamilyFailure[]> {
    const { failures } = await eachFamily(this.#options.families, async family => {
      const opening = guarded.filter(each => each.family === family)
      if (opening.length === 0) return []
      const current = await this.#tables[family].known()
      const rules = withGuard(current, opening, { family, target: this.#target })
      const text = restoreText(current, rules)
      if (text !== '') await this.#options.pace?.next()
      await this.#tables[family].write(text, rules)
      await this.#putAddress(family)
      return []
    })
    return failures
  }

  async apply(wanted: Wanted, except: readonly Family[] = []): Promise<Applied> {
    const { results, failures } = await eachFamily(
      this.#options.families.filter(family => !except.includes(family)),
      async (family): Promise<Family[]> => {
        const current = await this.#tables[family].known()
        const plan = this.#planners[family].planFor(wanted)
        await turn()
        const text = current === plan.rules ? '' : restoreText(current, plan.rules)
        if (wanted.portals.some(each => each.family === family)) await this.#putAddress(family)
        // Who takes all out is about to end, and not to be held up.
        if (text !== '' && wanted.portals.length > 0) await this.#options.pace?.next()
        await this.#change(family, { current, plan, text })
        return text === '' ? [] : [family]
      },
    )
    return { written: results, failures }
  }

  standing(portals: readonly CapturedPortal[]): Promise<readonly CapturedPortal[]> {
    const inFamily = async (family: Family): Promise<readonly CapturedPortal[]> => {
      const asked = portals.filter(each => each.family === family)
      if (asked.length === 0) return []
      const standing = standingIn(await this.#tables[family].known(), family, this.#target)
      return asked.filter(each => standing.has(standingKey(each)))
    }
    return settled(this.#options.families.map(inFamily))
  }

  async isIntact(): Promise<boolean> {
    const { results } = await eachFamily(this.#options.families, async family => [
      this.#hasAddress(family),
      await this.#tables[family].isIntact(this.#planners[family].last?.rules),
    ])
    return results.every(intact => intact)
  }

  /** In each family. */
  get rules(): readonly RulesInForce[] {
    return this.#options.families.map(family => this.#tables[family].inForce)
  }

  remove(): Promise<readonly string[]> {
    return settled(
      this.#options.families.map(async family => {
        const current = await this.#tables[family].read()
        const plan = { rules: nothing, redirects: redirectsIn(nothing) }
        await this.#change(family, { current, plan, text: removeText(current) })
        const { host, backend } = this.#options
        const addresses = this.#target.kind === 'dnat' ? await removeAddresses({ host, family }) : []
        return [...inventory(current).map(line => `${family} ${backend.kind} ${line}`), ...addresses]
      }),
    )
  }

  /** Whether the family has the address that it had from us, as far as is known without a look. */
  #hasAddress(family: Family): boolean {
    const address = dedicatedAddress(this.#target, family)
    return (
      address === undefined || !this.#addressed.has(family) || this.#options.addresses().includes(address)
    )
  }

  async #putAddress(family: Family): Promise<void> {
    const { host, addresses, report } = this.#options
    const address = dedicatedAddress(this.#target, family)
    if (address === undefined || addresses().includes(address)) return
    const added = await putAddress({ host, family }, address)
    if (added && this.#addressed.has(family)) report({ type: 'addresses-repaired', family, missing: 1 })
    this.#addressed.add(family)
  }

  /** Conntrack comes last: until the rules have changed, the kernel would only do the same again. */
  async #change(family: Family, { current, plan, text }: Change): Promise<void> {
    const conntrack = this.#conntracks[family]
    const { rules, redirects } = plan
    conntrack.suspect(current === rules ? redirects : redirectsIn(current), redirects)
    await this.#tables[family].write(text, rules)
    await conntrack.settle(redirects)
  }
}
