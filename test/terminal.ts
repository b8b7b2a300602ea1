import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { until } from './faults-guardian/guardians.js'

/** A terminal that somebody has opened to run a command of the shell. */
export class Terminal {
  readonly #child: ChildProcess
  #shown = ''

  constructor(command: string) {
    const env = { ...process.env, INVOCATION_ID: '', NOTIFY_SOCKET: '', KUBERNETES_SERVICE_HOST: '' }
    this.#child = spawn('script', ['-qfec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'], env })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#shown += text))
  }

  /** All that was to be read on it. */
  get shown(): string {
    return this.#shown
  }

  type(text: string): void {
    this.#child.stdin?.write(text)
  }

  async shows(text: string): Promise<void> {
    await until(`${text} on the terminal`, () => this.#shown.includes(text))
  }

  /** Closes its window. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}
