import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { program } from './command.js'

/** `kube-portal trace`, by its lines, without the times and columns. */
export class Trace {
  readonly #child
  readonly #lines: string[] = []

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, [program, 'trace', ...args])
    this.#child.on('exit', () => this.#child.emit('line'))
    for (const stream of [this.#child.stdout, this.#child.stderr])
      createInterface(stream).on('line', line => {
        this.#lines.push(line.replace(/^\S+:\S+ /, '').replace(/ +/g, ' '))
        this.#child.emit('line')
      })
  }

  /** Resolves with the lines since the last call, up to the first that `is` the one. */
  async until(is: RegExp): Promise<readonly string[]> {
    for (;;) {
      const at = this.#lines.findIndex(line => is.test(line))
      if (at >= 0) return this.#lines.splice(0, at + 1)
      if (this.#child.exitCode !== null)
        throw new Error(`trace ended before ${is.source}: ${this.#lines.join()}`)
      await once(this.#child, 'line')
    }
  }

  /** Ends it as Ctrl-C does. */
  interrupt(): void {
    this.#child.kill('SIGINT')
  }

  /** Resolves with its exit code. */
  async exit(): Promise<number> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
    return this.#child.exitCode ?? 255
  }
}

/** The verdict of an explanation, and what to do about it, in a line each. */
export const verdictOf = (text: string): string =>
  text.slice(text.indexOf('\nverdict: ') + 1).replaceAll(/\n {2,}/g, ' ')
