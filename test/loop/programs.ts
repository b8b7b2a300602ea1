import type { Host, Output, RunOptions } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import type { Table } from '../../lib/capture/chains.js'
import type { Family } from '../../lib/model/ip-address.js'
import { KernelTables, sectionsOf } from './tables.js'
import type { Turns } from './turns.js'

/** What goes wrong with a program. */
export interface Fault {
  readonly program: 'save' | 'restore' | 'conntrack'
  readonly families: readonly Family[]
  /** `fails`: ends with a code; `hangs`: does not end; `garbles`: ends well and prints what makes no sense. */
  readonly how: 'fails' | 'hangs' | 'is missing' | 'garbles'
  /** How many tables iptables-restore changes before. */
  readonly after: number
  /** How often it happens. */
  readonly times: number
}

interface Pending extends Fault {
  left: number
}

/** A program that ran. */
export interface Ran {
  readonly at: number
  readonly program: Fault['program']
  readonly family: Family
}

interface Call {
  readonly name: string
  readonly args: readonly string[]
  readonly options: RunOptions
  readonly watcher: ProgramsWatcher
}

/** What is told of the programs of one process. */
export interface ProgramsWatcher {
  /** After each change of a table. */
  readonly committed: (family: Family, table: Table) => void
  /** Where the kernel itself did not take what iptables-restore was given. */
  readonly refused: (family: Family, reason: string) => void
  /** Whether the process has ended: then it writes no file any more. */
  readonly isGone: () => boolean
}

const well = (stdout = ''): Output => ({ code: 0, stdout, stderr: '' })
const badly = (stderr: string): Output => ({ code: 4, stdout: '', stderr })

/** The programs and files of a machine. */
export class Programs {
  readonly #turns: Turns
  readonly kernels: Readonly<Record<Family, KernelTables>> = {
    IPv4: new KernelTables(),
    IPv6: new KernelTables(),
  }
  readonly files = new Map<string, string>()
  readonly ran: Ran[] = []
  /** How often a program did. */
  failed = 0
  /** Whether nothing can be written to files. */
  diskFails = false
  #faults: Pending[] = []

  constructor(turns: Turns) {
    this.#turns = turns
  }

  fault(fault: Fault): void {
    this.#faults.push({ ...fault, left: fault.times })
  }

  /** From now on all works. */
  mend(): void {
    this.#faults = []
    this.diskFails = false
  }

  get isFaulty(): boolean {
    return this.diskFails || this.#faults.length > 0
  }

  /** For one process. */
  host(watcher: ProgramsWatcher): Host {
    return {
      ...machine,
      run: (name, args, options) => this.#run({ name, args, options, watcher }),
      readFile: async path => {
        await this.#turns.wait(`read ${path}`)
        return this.files.get(path)
      },
      writeFile: async (path, text) => {
        await this.#turns.wait(`write ${path}`)
        if (watcher.isGone()) return
        if (this.diskFails) throw Object.assign(new Error('EROFS: read-only'), { code: 'EROFS' })
        this.files.set(path, Array.from(text).join(''))
      },
      moveFile: async (from, to) => {
        this.files.set(to, this.files.get(from) ?? '')
        this.files.delete(from)
      },
      removeFile: async path => {
        await this.#turns.wait(`remove ${path}`)
        if (watcher.isGone()) return
        this.files.delete(path)
      },
    }
  }

  async #run({ name, args, options, watcher }: Call): Promise<Output> {
    const verb = /-(save|restore)$/.exec(name)?.[1]
    const program = verb === 'save' || verb === 'restore' ? verb : 'conntrack'
    const v6 = program === 'conntrack' ? args.includes('ipv6') : name.startsWith('ip6')
    const family = v6 ? 'IPv6' : 'IPv4'
    await this.#turns.wait(`${program} ${family}`)
    const fault = this.#faultOf(program, family)
    this.ran.push({ at: this.#turns.clock.now(), program, family })
    if (program === 'restore') return this.#restore(family, fault, { options, watcher })
    if (fault) return this.#fail(fault, options)
    return well(program === 'save' ? this.kernels[family].save() : '')
  }

  async #restore(
    family: Family,
    fault: Fault | undefined,
    { options, watcher }: Pick<Call, 'options' | 'watcher'>,
  ): Promise<Output> {
    const sections = sectionsOf(options.input ?? '')
    const some = fault ? sections.slice(0, fault.after) : sections
    for (const [index, section] of some.entries()) {
      if (index > 0) await this.#turns.wait(`the next table of ${family}`)
      try {
        this.kernels[family].commit(section)
      } catch (error) {
        watcher.refused(family, String(error))
        return badly(String(error))
      }
      watcher.committed(family, section.table)
    }
    return fault ? this.#fail(fault, options) : well()
  }

  #faultOf(program: Fault['program'], family: Family): Fault | undefined {
    const fault = this.#faults.find(each => each.program === program && each.families.includes(family))
    if (!fault) return undefined
    fault.left -= 1
    this.failed += 1
    if (fault.left <= 0) this.#faults = this.#faults.filter(each => each !== fault)
    return fault
  }

  async #fail({ how }: Fault, { timeout }: RunOptions): Promise<Output> {
    switch (how) {
      case 'fails':
        return badly('Another app is currently holding the xtables lock.')
      case 'garbles':
        return well("# Table `nat' is incompatible, use 'nft' tool.\n")
      case 'is missing':
        throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
      case 'hangs':
        await new Promise<void>(resolve => void this.#turns.clock.after(timeout, resolve))
        throw Object.assign(new Error('it did not end'), { code: 'ETIMEDOUT' })
    }
  }
}
