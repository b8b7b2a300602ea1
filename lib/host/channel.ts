import { type ChildProcess, type SendHandle, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { Readable } from 'node:stream'
import { hear, type Hearing, lifelineDescriptor } from './lifeline.js'

/** A socket that another process can get. */
export type Sendable = SendHandle

/** A way to another process of ours, for messages and sockets. */
export interface Channel {
  /**
   * Resolves when it is on its way, with its socket: both processes have that until both have closed it. What cannot be sent is
   * lost, as `ended` tells.
   */
  send(message: object, socket?: Sendable): Promise<void>
  /** Calls `listener` with all that comes, in its order. */
  receive(listener: (message: unknown, socket: SendHandle | undefined) => void): void
  /** Resolves when the other end is gone. */
  readonly ended: Promise<void>
  /** Ends it. Until then it keeps this process from ending by itself. */
  close(): void
}

/** A process that was started with a channel to it. */
export interface NextProcess extends Channel {
  readonly pid: number | undefined
  /** Resolves with its exit code, or 128 + the number of the signal that ended it. */
  readonly exited: Promise<number>
  kill(): void
  /** Lets go of it: it goes on without us, and does not keep us from ending. */
  leave(): void
  /** What is heard of it, and of those after it; undefined where this process is not the first, who hears that. */
  readonly hearing: Hearing | undefined
}

type End = Pick<ChildProcess, 'connected' | 'send' | 'on' | 'once' | 'disconnect'>

const channelAt = (end: End): Channel => ({
  send: (message, socket) =>
    new Promise(resolve => {
      if (end.connected) end.send(message, socket, () => resolve())
      else resolve()
    }),
  receive: listener =>
    void end.on('message', (message: unknown, socket: SendHandle | undefined) => listener(message, socket)),
  ended: new Promise(resolve => {
    if (end.connected) end.once('disconnect', () => resolve())
    else resolve()
  }),
  close: () => {
    if (end.connected) end.disconnect()
  },
})

const isEnd = (value: typeof process): value is typeof process & End => value.send !== undefined

/** The channel to the process that started us, where there is one. */
export const channelToStarter = (): Channel | undefined => (isEnd(process) ? channelAt(process) : undefined)

export interface NextOptions {
  /** Beside those that there are. */
  readonly variables: Readonly<Record<string, string>>
  /** Whether this process was not itself started so. If it was, it hands its lifeline on. */
  readonly isFirst: boolean
}

/**
 * Starts this program once more, as it is on the disk by now, with the same arguments. In a session of its own: what is typed on a
 * terminal is for us, who pass it on.
 */
export const startNext = ({ variables, isFirst }: NextOptions): NextProcess => {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc', isFirst ? 'pipe' : lifelineDescriptor],
    env: { ...process.env, ...variables },
    detached: true,
    serialization: 'advanced',
  })
  const exited = new Promise<number>(resolve => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
    // It could not be started.
    child.on('error', () => resolve(127))
  })
  const pipe = child.stdio[lifelineDescriptor]
  const hearing = pipe instanceof Readable ? hear(pipe) : undefined
  const channel = channelAt(child)
  return {
    ...channel,
    pid: child.pid,
    exited,
    hearing,
    kill: () => void child.kill('SIGKILL'),
    leave: () => {
      channel.close()
      child.unref()
    },
  }
}
