import type { Host } from '../host/host.js'
import type { Report } from '../model/event.js'
import type { Clock } from '../model/clock.js'
import type { Family } from '../model/ip-address.js'
import { type Milliseconds, seconds } from '../model/milliseconds.js'
import { type Backend, programOf } from './backend.js'
import { notRun, refused, whyUnreadable } from './iptables-failure.js'
import type { Ruleset } from './ruleset.js'
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

// Longer than the wait for the lock, so that a held lock is told from a program that hangs.
const lockWait = 5
const timeout = seconds(30)

/** The kernel's tables of one family, by way of `iptables-save` and `iptables-restore`. */
export class FamilyTables {
  readonly #options: FamilyTablesOptions
  /** What is ours in them, unless somebody changed it after it was read. */
  #remembered: { readonly rules: Ruleset; readonly readAt: Milliseconds } | undefined

  constructor(options: FamilyTablesOptions) {
    this.#options = options
  }

  /**
   * What is ours in them, from memory where that is fresh enough: to read them takes a process, and half a second with 10,000
   * Services. Rejects with a Failure where it cannot be told.
   */
  async known(): Promise<Ruleset> {
    const { memory } = this.#options
    const fresh = memory && this.#remembered && memory.clock.now() - this.#remembered.readAt < memory.span
    return fresh && this.#remembered ? this.#remembered.rules : this.read()
  }

  /** What is ours in them now. Rejects with a Failure where that cannot be told. */
  async read(): Promise<Ruleset> {
    const { backend, family, memory } = this.#options
    const readAt = memory?.clock.now()
    const program = programOf(backend, family, 'save')
    const text = await this.#run(program, [])
    const failure = whyUnreadable(program, text)
    if (failure) throw failure
    const rules = savedRules(text)
    this.#remembered = readAt === undefined ? undefined : { rules, readAt }
    return rules
  }

  /** Makes them `rules`, by `text`; it may be empty. Rejects with a Failure when the kernel did not take it. */
  async write(text: string, rules: Ruleset): Promise<void> {
    const before = this.#remembered
    this.#remembered = undefined
    if (text !== '') {
      const { backend, family, report } = this.#options
      const program = programOf(backend, family, 'restore')
      await this.#run(program, ['--noflush', '-w', String(lockWait)], text)
      report({ type: 'rules-written', family, text })
    }
    this.#remembered = before && { ...before, rules }
  }

  async #run(program: string, args: readonly string[], input = ''): Promise<string> {
    const output = await this.#options.host.run(program, args, { timeout, input }).catch((error: unknown) => {
      throw notRun(program, error)
    })
    if (output.code !== 0) throw refused(program, output, input)
    return output.stdout
  }
}
