import type { Host } from '../host/host.js'
import type { Report } from '../model/event.js'
import type { Family } from '../model/ip-address.js'
import { seconds } from '../model/milliseconds.js'
import { type Backend, programOf } from './backend.js'
import { notRun, refused, whyUnreadable } from './iptables-failure.js'
import type { Ruleset } from './ruleset.js'
import { savedRules } from './saved.js'

export interface FamilyTablesOptions {
  readonly host: Host
  readonly backend: Backend
  readonly family: Family
  readonly report: Report
}

// Longer than the wait for the lock, so that a held lock is told from a program that hangs.
const lockWait = 5
const timeout = seconds(30)

/** The kernel's tables of one family, by way of `iptables-save` and `iptables-restore`. */
export class FamilyTables {
  readonly #options: FamilyTablesOptions

  constructor(options: FamilyTablesOptions) {
    this.#options = options
  }

  /** What is ours in them now. Rejects with a Failure where that cannot be told. */
  async read(): Promise<Ruleset> {
    const { backend, family } = this.#options
    const program = programOf(backend, family, 'save')
    const text = await this.#run(program, [])
    const failure = whyUnreadable(program, text)
    if (failure) throw failure
    return savedRules(text)
  }

  /** Gives them `text`; does nothing when it is empty. Rejects with a Failure when the kernel did not take it. */
  async write(text: string): Promise<void> {
    if (text === '') return
    const { backend, family, report } = this.#options
    const program = programOf(backend, family, 'restore')
    await this.#run(program, ['--noflush', '-w', String(lockWait)], text)
    report({ type: 'rules-written', family, text })
  }

  async #run(program: string, args: readonly string[], input = ''): Promise<string> {
    const output = await this.#options.host.run(program, args, { timeout, input }).catch((error: unknown) => {
      throw notRun(program, error)
    })
    if (output.code !== 0) throw refused(program, output, input)
    return output.stdout
  }
}
