import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Nothing that is waited for takes longer, or something is wrong. */
const patience = 20_000

/** What a sender adds to learn that it was heard. */
const barrier = 'BARRIER=1'

const textOf = (line: string): string => {
  const value: unknown = JSON.parse(line)
  return typeof value === 'string' ? value : ''
}

/** Stands in for systemd: listens where NOTIFY_SOCKET leads, and keeps what it is told. */
export class StandIn {
  readonly path: string
  readonly #child: ChildProcess
  readonly #notices: string[] = []
  #wake: () => void = () => undefined

  private constructor(path: string) {
    this.path = path
    this.#child = spawn('perl', ['test/cli/supervisor/receive.pl', path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  }

  /** Resolves when it listens. */
  static async start(path: string): Promise<StandIn> {
    const it = new StandIn(path)
    const { stdout } = it.#child
    if (!stdout) throw new Error('no standard output')
    createInterface(stdout).on('line', line => {
      const text = textOf(line)
      if (text !== barrier) it.#notices.push(text)
      it.#wake()
    })
    await it.notice(/^listening$/)
    it.#notices.length = 0
    return it
  }

  /** How many notices there were so far. */
  now(): number {
    return this.#notices.length
  }

  /** All that it was told, `from` on. */
  notices(from = 0): readonly string[] {
    return this.#notices.slice(from)
  }

  /** Resolves with the first notice like this, `from` on. */
  async notice(like: RegExp, from = 0): Promise<string> {
    const late = AbortSignal.timeout(patience)
    late.addEventListener('abort', () => this.#wake(), { once: true })
    for (;;) {
      const found = this.#notices.slice(from).find(notice => like.test(notice))
      if (found !== undefined) return found
      if (late.aborted)
        throw new Error(`waited in vain for ${String(like)}; told: ${this.#notices.join(' | ')}`)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  async close(): Promise<void> {
    this.#child.kill()
    await once(this.#child, 'exit')
  }
}
