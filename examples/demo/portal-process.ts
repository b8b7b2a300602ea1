import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { errorText } from '../../lib/model/error-text.js'
import type { ProxyEvent } from '../../lib/model/event.js'

const ownProgram = fileURLToPath(new URL('../../bin/kube-portal.js', import.meta.url))

/** Nothing the demo waits for takes longer, or something is wrong. */
const patience = 20_000

// The log is our own program's, and its JSON form carries the event as it was.
const isLogLine = (value: unknown): value is { readonly message: string; readonly event?: ProxyEvent } =>
  typeof value === 'object' && value !== null && 'message' in value

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch (error) {
    return { message: `${line} (${errorText(error)})` }
  }
}

export type EventOf<Type extends ProxyEvent['type']> = Extract<ProxyEvent, { readonly type: Type }>

/** Tells events of one type, and of one service port where that is given, from all others. */
export const isOf =
  <Type extends ProxyEvent['type']>(type: Type, servicePort?: string) =>
  (event: ProxyEvent): event is EventOf<Type> =>
    event.type === type &&
    (servicePort === undefined || ('servicePort' in event && event.servicePort === servicePort))

export interface PortalProcessOptions {
  /** A file, for people, that what it says is written to. */
  readonly log?: string
  /** The script that Node runs; absent: that of this repository. */
  readonly program?: string
}

/** `kube-portal run` as a process of its own, known by what it logs. */
export class PortalProcess {
  readonly #child: ChildProcess
  readonly #events: ProxyEvent[] = []
  readonly #words: string[] = []
  #wake: () => void = () => undefined

  /** `runner` is a command that becomes it, if need be: `prlimit --nofile=256`. */
  constructor(
    args: readonly string[],
    runner: readonly string[] = [],
    { log, program = ownProgram }: PortalProcessOptions = {},
  ) {
    const logging = ['--logging-format', 'json', '-v', '4']
    const [command, ...before] = [...runner, process.execPath]
    this.#child = spawn(command, [...before, program, 'run', ...logging, ...args], {
      stdio: ['ignore', 'inherit', 'pipe'],
      // Ctrl-C is for the demo, which then stops this one in order.
      detached: true,
    })
    if (!this.#child.stderr) throw new Error('kube-portal has no standard error')
    createInterface(this.#child.stderr).on('line', line => {
      const value = parse(line)
      if (!isLogLine(value)) return
      this.#words.push(value.message)
      if (log !== undefined) appendFileSync(log, `${value.message}\n`)
      if (value.event) this.#events.push(value.event)
      this.#wake()
    })
    this.#child.on('exit', () => this.#wake())
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** A moment to wait from: whatever is reported later comes `after` it. */
  now(): number {
    return this.#events.length
  }

  /** All that was reported so far, `from` on. */
  events(from = 0): readonly ProxyEvent[] {
    return this.#events.slice(from)
  }

  /** All that it said so far, in words. */
  words(): readonly string[] {
    return this.#words
  }

  /** Resolves with the first event, `from` on, that `is` the one. Rejects after 20 s, or when the process ends. */
  async event<Wanted extends ProxyEvent>(
    what: string,
    is: (event: ProxyEvent) => event is Wanted,
    from = 0,
  ): Promise<Wanted> {
    const late = AbortSignal.timeout(patience)
    for (;;) {
      const found = this.#events.slice(from).find(is)
      if (found) return found
      if (this.#ended) throw this.#failure(`kube-portal ended before ${what}`)
      if (late.aborted) throw this.#failure(`waited ${patience / 1000} s in vain for ${what}`)
      await this.#change(late)
    }
  }

  /** Waits for the end of the first sync, `from` on. */
  async synced(from = 0): Promise<void> {
    await this.event('a sync', isOf('synced'), from)
  }

  /** Waits until it serves a service port with so many endpoints, its rules in place. */
  async served(servicePort: string, endpoints: number, from = 0): Promise<void> {
    const isThat = (event: ProxyEvent): event is EventOf<'endpoints'> =>
      isOf('endpoints', servicePort)(event) && event.endpoints.length === endpoints
    const found = await this.event(`${servicePort} to have ${endpoints} endpoints`, isThat, from)
    await this.synced(this.#events.lastIndexOf(found))
  }

  /** Asks it to stop; a second time, to hurry. Resolves with its exit code; 1 when a signal ended it. */
  async stop(): Promise<number> {
    if (!this.#ended) this.#child.kill('SIGTERM')
    return this.exit()
  }

  /** Resolves when it has ended by itself, with its exit code; 1 when a signal ended it. */
  async exit(): Promise<number> {
    if (!this.#ended) await once(this.#child, 'exit')
    return this.#child.exitCode ?? 1
  }

  /** Ends it without a word, as a crash would. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }

  get #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #failure(text: string): Error {
    return new Error([`${text}; it said last:`, ...this.#words.slice(-5)].join('\n     | '))
  }

  #change(late: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = (): void => {
        late.removeEventListener('abort', wake)
        resolve()
      }
      this.#wake = wake
      late.addEventListener('abort', wake)
    })
  }
}
