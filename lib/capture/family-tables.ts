import type { Host } from '../host/host.js'
import type { Clock } from '../model/clock.js'
import { errorCode } from '../model/error-text.js'
import type { Report } from '../model/event.js'
import type { Failure } from '../model/failure.js'
import type { Family } from '../model/ip-address.js'
import { type Milliseconds, seconds } from '../model/milliseconds.js'
import { type Backend, programOf } from './backend.js'
import type { RulesInForce } from './capture.js'
import { type Damage, damageOf } from './damage.js'
import { notRun, refused, whyUnreadable } from './iptables-failure.js'
import { Repairs } from './repairs.js'
import { nothing, ruleCounts, type Ruleset } from './ruleset.js'
import { savedRules } from './saved.js'

/** How long what was read, and what was written since, is believed. */
export interface Memory {
  readonly clock: Clock
  readonly span: Milliseconds
}

export interface FamilyTablesOptions {
  readonly host: Host
  readonly backend: Backend
  readonly family: Family
  readonly report: Report
  /** Absent: what was read is forgotten at once. */
  readonly memory?: Memory
}

/** What is ours in the tables, unless somebody changed it after it was read. */
interface Remembered {
  readonly rules: Ruleset
  readonly readAt: Milliseconds
  /** What `iptables-save` printed, unless we have written since. */
  readonly text?: string
}

// Longer than the wait for the lock, so that a held lock is told from a program that hangs; much longer than 10,000 Services
// take on a busy machine; and short enough that, with a pause before the next attempt, who has hung is forgotten within 35 s.
const lockWait = 5
const timeouts = { save: seconds(10), restore: seconds(15) } as const

type Verb = keyof typeof timeouts

const noise = /^#.*\n| \[\d+:\d+\]$/gm

/** The kernel's tables of one family, by way of `iptables-save` and `iptables-restore`. */
export class FamilyTables {
  readonly #options: FamilyTablesOptions
  readonly #repairs: Repairs
  #remembered: Remembered | undefined
  /** Rises before and after each write: what was read across one may be neither what was nor what is. */
  #writes = 0
  #damage: Damage | undefined
  /** What was read or written last. */
  #rules: Ruleset = nothing
  #failures = 0
  /** A program did not end in time, and none has answered since. */
  #hung: Failure | undefined

  constructor(options: FamilyTablesOptions) {
    this.#options = options
    this.#repairs = new Repairs(options)
  }

  /**
   * What is ours in them, from memory where that is fresh enough: to read them takes a process, and half a second with 10,000
   * Services. Rejects with a Failure where it cannot be told; at once, after a program that hung, until a look has shown that
   * they answer again: the other family would wait for each attempt.
   */
  async known(): Promise<Ruleset> {
    const { memory } = this.#options
    if (memory && this.#hung !== undefined) throw this.#hung
    const fresh = memory && this.#remembered && memory.clock.now() - this.#remembered.readAt < memory.span
    return fresh && this.#remembered ? this.#remembered.rules : this.read()
  }

  /** What is ours in them now. Rejects with a Failure where that cannot be told. */
  async read(): Promise<Ruleset> {
    const { backend, family, memory } = this.#options
    const [readAt, writes] = [memory?.clock.now(), this.#writes]
    const program = programOf(backend, family, 'save')
    const saved = await this.#run('save', [])
    const failure = whyUnreadable(program, saved)
    if (failure) throw failure
    const text = saved.replace(noise, '')
    const before = this.#remembered
    const rules = before?.text === text ? before.rules : savedRules(text)
    if (readAt === undefined || writes !== this.#writes) return rules
    if (before) this.#damage = damageOf(before.rules, rules) ?? this.#damage
    this.#remembered = { rules, readAt, text }
    this.#rules = rules
    return rules
  }

  get inForce(): RulesInForce {
    return { family: this.#options.family, rules: ruleCounts(this.#rules), failures: this.#failures }
  }

  /**
   * Looks whether they still do what `rules` say, and whether programs that hung answer again, which makes it false, too: then
   * there is something to do. True where we write meanwhile, as nobody knows then. Rejects like `read`.
   */
  async isIntact(rules: Ruleset | undefined): Promise<boolean> {
    const [hung, writes] = [this.#hung !== undefined, this.#writes]
    if (!hung && !rules) return true
    const found = await this.read()
    if (hung || !rules) return false
    if (writes !== this.#writes) return true
    if (damageOf(rules, found)) return false
    this.#damage = undefined
    // The same object the next time, where nothing changes: then nobody need compare.
    if (this.#remembered) this.#remembered = { ...this.#remembered, rules }
    return true
  }

  /** Makes them `rules`, by `text`; it may be empty. Rejects with a Failure when the kernel did not take it. */
  async write(text: string, rules: Ruleset): Promise<void> {
    const before = this.#remembered
    if (text === '') {
      this.#remembered = before && { ...before, rules }
      return
    }
    this.#remembered = undefined
    const { family, report } = this.#options
    this.#writes += 1
    try {
      await this.#run('restore', ['--noflush', '-w', String(lockWait)], text)
    } catch (error) {
      this.#failures += 1
      throw error
    } finally {
      this.#writes += 1
    }
    this.#rules = rules
    report({ type: 'rules-written', family, text })
    this.#remembered = before && { rules, readAt: before.readAt }
    if (this.#damage) this.#repairs.tell(this.#damage)
    this.#damage = undefined
  }

  async #run(verb: Verb, args: readonly string[], input = ''): Promise<string> {
    const { host, backend, family } = this.#options
    const program = programOf(backend, family, verb)
    const output = await host
      .run(program, args, { timeout: timeouts[verb], input })
      .catch((error: unknown) => {
        const failure = notRun(program, error)
        if (errorCode(error) === 'ETIMEDOUT') this.#hung = failure
        throw failure
      })
    this.#hung = undefined
    if (output.code !== 0) throw refused(program, output, input)
    return output.stdout
  }
}
