import { spawn } from 'node:child_process'

/** A program that outlives us, however we end. */
export interface Survivor {
  readonly pid: number
  /** Resolves when it has ended, however it did. */
  readonly ended: Promise<void>
  /** Writes `word` to its standard input, the last it hears of us. Resolves when that is on its way, or cannot be. */
  leave(word: string): Promise<void>
}

/**
 * Starts `command` in a session of its own, so that neither Ctrl-C nor the end of a terminal reaches it. Its standard input ends
 * when we do: nothing else we start has that pipe. Our standard error is its own. Rejects when it cannot be started.
 */
export const startSurvivor = async (
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Survivor> => {
  const stdio: ['pipe', 'ignore', 'inherit'] = ['pipe', 'ignore', 'inherit']
  // Not in our folder, which nobody could unmount.
  const child = spawn(program, args, { stdio, env, detached: true, cwd: '/' })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  // Nobody hears us any more; `ended` says so.
  child.stdin.on('error', () => undefined)
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  if (child.pid === undefined) throw new Error(`${program} has no process id`)
  child.unref()
  return {
    pid: child.pid,
    ended,
    leave: word => new Promise(resolve => child.stdin.end(word, () => resolve())),
  }
}
