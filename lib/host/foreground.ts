import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** A program that has our terminal while it runs. */
export interface Foreground {
  /** Resolves with its exit code, or 128 + the number of the signal that ended it. */
  readonly ended: Promise<number>
  /** Passes a request on to it. What a terminal says, such as Ctrl-C, it hears by itself. */
  pass(signal: NodeJS.Signals): void
}

/** Starts `command` with our standard input and output, and `env` alone. Rejects with the system's error when it cannot be. */
export const startForeground = async (
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Foreground> => {
  const child = spawn(program, args, { stdio: 'inherit', env })
  const ended = new Promise<number>(resolve =>
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))),
  )
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  return { ended, pass: signal => void child.kill(signal) }
}
