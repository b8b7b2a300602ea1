import { closeSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { errorCode } from '../model/error-text.js'

/**
 * How the first of several processes, the one that a supervisor knows, hears of those after it, whoever started them: the one
 * that serves holds the end of a pipe, and hands it on.
 */
export interface Lifeline {
  /** This process serves from now on. */
  serving(): void
  /** It ends, with this exit code. Of no concern to anybody unless it served. */
  ending(code: number): void
  /** Another one holds it. May be called twice. */
  close(): void
}

/** Which descriptor it is, in every process that holds it. */
export const lifelineDescriptor = 4

/** The end that this process was started with. */
export const heldLifeline = (): Lifeline => {
  let open = true
  let serves = false
  const say = (text: string): void => {
    try {
      if (open) writeSync(lifelineDescriptor, `${text}\n`)
    } catch (error) {
      // The first process is gone.
      if (errorCode(error) !== 'EPIPE') throw error
    }
  }
  return {
    serving: () => {
      serves = true
      say(`serving ${process.pid}`)
    },
    ending: code => {
      if (serves) say(`ending ${code}`)
    },
    close: () => {
      if (open) closeSync(lifelineDescriptor)
      open = false
    },
  }
}

/** What the first process hears. */
export interface Hearing {
  /** Sends a signal to the process that serves. Where that is not known yet, or is about to change, who serves next is asked to stop, too. */
  readonly pass: (signal: NodeJS.Signals) => void
  /** Resolves when none is left, with the exit code of the last one; undefined when it did not say. */
  readonly ended: Promise<number | undefined>
}

export const hear = (pipe: Readable): Hearing => {
  let serving: number | undefined
  let stop: NodeJS.Signals | undefined
  let code: number | undefined
  const tell = (signal: NodeJS.Signals): void => {
    try {
      if (serving !== undefined) process.kill(serving, signal)
    } catch (error) {
      // It has just ended; that is heard, too.
      if (errorCode(error) !== 'ESRCH') throw error
    }
  }
  const lines = createInterface(pipe)
  lines.on('line', line => {
    const [word, number] = line.split(' ')
    if (word === 'serving') {
      serving = Number(number)
      if (stop !== undefined) tell(stop)
    }
    if (word === 'ending') code = Number(number)
  })
  return {
    pass: signal => {
      // A reload that was asked for meanwhile has taken place by then.
      if (signal !== 'SIGHUP') stop = signal
      tell(signal)
    },
    ended: new Promise(resolve => lines.once('close', () => resolve(code))),
  }
}
