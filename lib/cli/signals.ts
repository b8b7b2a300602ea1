import type { Clock } from '../model/clock.js'
import type { Milliseconds } from '../model/milliseconds.js'
import { Terminal } from './terminal.js'

/** Asks to stop: with Ctrl-C, or from a supervisor. */
const stopSignals = ['SIGINT', 'SIGTERM'] as const

export type Request = (typeof stopSignals)[number] | 'SIGHUP'

export interface SignalsOptions {
  /** Called when we are to be replaced by the program and the configuration as they are now. */
  readonly reload: () => void
  /** Requests to stop that come together are one: to a process that a supervisor tells, and the first of our processes, too. */
  readonly together: Milliseconds
  readonly clock: Clock
}

export interface Signals {
  /** Aborted by the first request to stop. */
  readonly first: AbortSignal
  /** Aborted by the second: whoever asks twice does not want to wait. */
  readonly second: AbortSignal
  /** Leaves what is asked from now on to somebody else. */
  passTo(other: (request: Request) => void): void
  /** Leaves signals to others again. */
  close(): void
}

/**
 * Listens for requests, so that the process does not end by itself. A terminal that is closed asks to stop, and says so with
 * the signal that else means a reload: by then it is no terminal any more.
 */
export const listenForSignals = ({ reload, together, clock }: SignalsOptions): Signals => {
  const first = new AbortController()
  const second = new AbortController()
  const terminal = new Terminal()
  let stoppedAt: Milliseconds | undefined
  let other: ((request: Request) => void) | undefined
  const stop = (): void => {
    if (stoppedAt === undefined) {
      stoppedAt = clock.now()
      first.abort()
    } else if (clock.now() - stoppedAt >= together) second.abort()
  }
  const asked = (signal: Request): void => {
    const request = signal === 'SIGHUP' && terminal.isGone ? 'SIGTERM' : signal
    if (other) other(request)
    else if (request !== 'SIGHUP') stop()
    else if (stoppedAt === undefined) reload()
  }
  const signals: readonly Request[] = [...stopSignals, 'SIGHUP']
  for (const signal of signals) process.on(signal, asked)
  return {
    first: first.signal,
    second: second.signal,
    passTo: to => {
      other = to
      if (stoppedAt !== undefined) other('SIGTERM')
    },
    close: () => {
      for (const signal of signals) process.off(signal, asked)
    },
  }
}
