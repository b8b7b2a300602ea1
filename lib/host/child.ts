import { type SendHandle, spawn } from 'node:child_process'

/** A Node program of ours that runs beside us, and with which we exchange messages. */
export interface Child {
  readonly pid: number
  /** Lost, without an error, once the child has ended. */
  send(message: object): void
  /** `handle` is a socket that came with the message. */
  onMessage(listener: (message: unknown, handle: SendHandle | undefined) => void): void
  /** Resolves when it has ended, however it did. */
  readonly ended: Promise<void>
  /** Ends it at once. Resolves when it is gone. May be called twice. */
  kill(): Promise<void>
}

/**
 * Starts `command`, whose last program must be Node: `['unshare', '--net', 'node', 'file.js']`. Our end is its
 * 'disconnect'. Rejects when it cannot be started.
 */
export const startChild = async ([program = '', ...args]: readonly string[]): Promise<Child> => {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  if (child.pid === undefined) throw new Error(`${program} has no process id`)
  // Nobody can be told any more; `ended` says so.
  child.on('error', () => undefined)
  return {
    pid: child.pid,
    send: message => void child.send(message, () => undefined),
    onMessage: listener => void child.on('message', listener),
    ended,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
