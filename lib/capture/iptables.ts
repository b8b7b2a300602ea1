import type { Host } from '../host/host.js'
import type { Report } from '../model/event.js'
import type { Family } from '../model/ip-address.js'
import { seconds } from '../model/milliseconds.js'
import { type Backend, programOf } from './backend.js'
import type { Capture, Wanted } from './capture.js'
import { tables } from './chains.js'
import { Conntrack } from './conntrack.js'
import { notRun, refused, whyUnreadable } from './iptables-failure.js'
import { removeText, restoreText } from './restore-text.js'
import { type Rule, targetOf } from './rule.js'
import { rulesFor } from './rules.js'
import { nothing, type Ruleset } from './ruleset.js'
import { savedRules } from './saved.js'
import { settled } from './settled.js'
import { redirectsIn } from './stale-flows.js'

export interface IptablesOptions {
  readonly host: Host
  readonly backend: Backend
  readonly families: readonly Family[]
  readonly report: Report
}

/** What makes the `current` rules the `rules` that are wanted. */
interface Change {
  readonly current: Ruleset
  readonly rules: Ruleset
  readonly text: string
}

// Longer than the wait for the lock, so that a held lock is told from a program that hangs.
const lockWait = 5
const timeout = seconds(30)

const count = (rules: readonly Rule[]): string => `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`

const inventory = (current: Ruleset): string[] =>
  tables.flatMap(table => [
    ...current[table].references.map(
      ({ from, rule }) => `${table}: the jump from ${from} to ${targetOf(rule) ?? 'nowhere'}`,
    ),
    ...[...current[table].chains].map(([name, rules]) => `${table}: ${name} with ${count(rules)}`),
  ])

/** Captures with iptables: packets for a portal are redirected to this machine, to the listener's port. */
export class Iptables implements Capture {
  readonly #options: IptablesOptions
  readonly #conntracks: Readonly<Record<Family, Conntrack>>

  constructor(options: IptablesOptions) {
    this.#options = options
    this.#conntracks = {
      IPv4: new Conntrack({ ...options, family: 'IPv4' }),
      IPv6: new Conntrack({ ...options, family: 'IPv6' }),
    }
  }

  prepare(): Promise<void> {
    return Promise.resolve()
  }

  apply(wanted: Wanted): Promise<readonly Family[]> {
    return this.#eachFamily(async family => {
      const [current, rules] = [await this.#read(family), rulesFor(wanted, family)]
      const text = restoreText(current, rules)
      await this.#change(family, { current, rules, text })
      return text === '' ? [] : [family]
    })
  }

  remove(): Promise<readonly string[]> {
    return this.#eachFamily(async family => {
      const current = await this.#read(family)
      await this.#change(family, { current, rules: nothing, text: removeText(current) })
      return inventory(current).map(line => `${family} ${this.#options.backend.kind} ${line}`)
    })
  }

  #eachFamily<Result>(work: (family: Family) => Promise<readonly Result[]>): Promise<readonly Result[]> {
    return settled(this.#options.families.map(work))
  }

  async #read(family: Family): Promise<Ruleset> {
    const program = programOf(this.#options.backend, family, 'save')
    const text = await this.#run(program, [])
    const failure = whyUnreadable(program, text)
    if (failure) throw failure
    return savedRules(text)
  }

  /** Conntrack comes last: until the rules have changed, the kernel would only do the same again. */
  async #change(family: Family, { current, rules, text }: Change): Promise<void> {
    const conntrack = this.#conntracks[family]
    const redirects = redirectsIn(rules)
    conntrack.suspect(redirectsIn(current), redirects)
    await this.#write(family, text)
    await conntrack.settle(redirects)
  }

  async #write(family: Family, text: string): Promise<void> {
    if (text === '') return
    const program = programOf(this.#options.backend, family, 'restore')
    await this.#run(program, ['--noflush', '-w', String(lockWait)], text)
    this.#options.report({ type: 'rules-written', family, text })
  }

  async #run(program: string, args: readonly string[], input = ''): Promise<string> {
    const output = await this.#options.host.run(program, args, { timeout, input }).catch((error: unknown) => {
      throw notRun(program, error)
    })
    if (output.code !== 0) throw refused(program, output, input)
    return output.stdout
  }
}
