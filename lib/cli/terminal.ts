import { isatty } from 'node:tty'

const terminals = (): number => [0, 1, 2].filter(descriptor => isatty(descriptor)).length

/** The terminal that this process has when it starts, if it has one. */
export class Terminal {
  readonly #atStart = terminals()

  /** Whether it was closed. */
  get isGone(): boolean {
    return this.#atStart > 0 && terminals() === 0
  }
}
