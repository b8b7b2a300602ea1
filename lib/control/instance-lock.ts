import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { errorCode, errorText } from '../model/error-text.js'
import { Failure } from '../model/failure.js'
import { type Milliseconds, milliseconds } from '../model/milliseconds.js'
import type { SocketFiles } from './socket-files.js'

/** Held by the one instance of a network namespace. */
export interface InstanceLock {
  /** What holds it: a process that listens with it, too, holds it as well. */
  readonly server: Server
  /** Tells whoever asks from now on that this cluster is served, by the name of its context. */
  serves(context: string): void
  /** Lets the next one in. May be called twice. */
  close(): Promise<void>
  /** Lets go of it: another process holds it, too, and goes on to. */
  leave(): Promise<void>
}

/** Where the lock is on a system that has no abstract sockets: a socket in a folder, which its process may leave behind. */
export interface LockFile {
  readonly path: string
  readonly files: SocketFiles
  readonly remove: (path: string) => Promise<void>
}

// An abstract unix socket: gone with its process however that ends, and scoped to the network namespace, as rules are.
const name = '\0kube-portal'

const answerTimeout = milliseconds(300)

/** Whether the holder goes on for as long as it likes, or is gone in a moment: then whoever comes next waits for it. */
export type Stay = 'staying' | 'leaving'

/** At most 30 s in all. */
const wait = { step: milliseconds(100), steps: 300 }

interface Holder {
  /** Empty: it does not say. */
  readonly process: string
  readonly stay: Stay
  /** Empty: it does not say. */
  readonly context: string
}

/** Resolves with whether it is ours. */
const listen = async (server: Server, pid: number, file: LockFile | undefined): Promise<boolean> => {
  if (file) return listenInFolder(server, pid, file)
  try {
    server.listen({ path: name })
    await once(server, 'listening')
    return true
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error
    return false
  }
}

/** So long after the last look nobody else puts a socket there any more, who has found none either. */
const settling = milliseconds(200)

/** Of several that come at once, the last to put its socket there has it; each looks whether it was that. */
const listenInFolder = async (server: Server, pid: number, file: LockFile): Promise<boolean> => {
  const { path, files } = file
  if (await askHolder(answerTimeout, path)) return false
  const temporary = `${path}.${pid}`
  try {
    await files.prepareSocket(temporary)
    server.listen({ path: temporary })
    await once(server, 'listening')
    await files.placeSocket(temporary, path)
  } catch (error) {
    throw new Failure('failed', `no lock can be taken at ${path}: ${errorText(error)}`, {
      cure: 'see who may write to its folder; only root should',
      cause: error,
    })
  }
  await after(settling)
  if ((await askHolder(answerTimeout, path))?.process === String(pid)) return true
  await new Promise(resolve => server.close(resolve))
  return false
}

/** What a connection ends with that nobody takes, or whose taker has ended. */
const nobody: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE']

/**
 * Who the holder says it is: nameless when it does not answer in time, as a stopped one would not. Undefined: there is none, or it
 * has let go of the lock before it could say a word.
 */
const askHolder = (timeout: Milliseconds, path = name): Promise<Holder | undefined> =>
  new Promise(resolve => {
    let answer = ''
    let isThere = true
    const socket = connect({ path })
    const timer = setTimeout(() => socket.destroy(), timeout)
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => (answer += text))
    socket.on('end', () => (isThere = answer !== ''))
    socket.on('error', error => {
      isThere = !nobody.includes(errorCode(error))
      socket.destroy()
    })
    socket.on('close', () => {
      clearTimeout(timer)
      const [process = '', stay, ...context] = answer.trim().split(' ')
      const holder = {
        process,
        stay: stay === 'leaving' ? stay : 'staying',
        context: context.join(' '),
      } as const
      resolve(isThere ? holder : undefined)
    })
  })

/** The process that runs as kube-portal in this network namespace (or, with a `file`, there); `unknown` where it does not say; undefined: none. */
export const runningInstance = async (file?: LockFile): Promise<string | undefined> => {
  const holder = await askHolder(answerTimeout, file?.path)
  return holder?.process === '' ? 'unknown' : holder?.process
}

const held = ({ process, context }: Holder, beside: string | undefined): Failure => {
  const about = [
    ...(process === '' ? [] : [`process ${process}`]),
    ...(context === '' ? [] : [`context ${context}`]),
  ].join(', ')
  const stop = `stop it first${process === '' ? '' : `: kill ${process}`}`
  return new Failure(
    'another-instance',
    `kube-portal already runs here${about === '' ? '' : ` (${about})`}`,
    {
      cure: `${stop}${beside === undefined ? '' : `, or ${beside}`}; nothing was touched`,
    },
  )
}

export interface LockOptions {
  /** Default: staying. */
  readonly stay?: Stay
  /** What can be done while another one has it, beside stopping that. */
  readonly beside?: string | undefined
  /** What holds it already, from the process before this one: it is shared. */
  readonly inherited?: Server | undefined
  /** Where it is, on a system that has no abstract sockets. */
  readonly file?: LockFile | undefined
}

/**
 * Takes the lock of this network namespace for the process `pid`. Rejects with Failure `another-instance`, within half a
 * second, when another process has it that stays; waits for one that leaves.
 */
export const holdInstanceLock = async (
  pid: number,
  { stay = 'staying', inherited, file, beside }: LockOptions = {},
): Promise<InstanceLock> => {
  const server = inherited ?? createServer()
  let context = ''
  server.on('connection', socket => {
    socket.on('error', () => socket.destroy())
    // Gone with its last byte: a caller that stays could keep us from closing.
    socket.end(`${pid} ${stay} ${context}`.trim() + '\n', () => socket.destroy())
  })
  for (let step = 0; !inherited && !(await listen(server, pid, file)); step += 1) {
    const holder = await askHolder(answerTimeout, file?.path)
    if (holder?.stay === 'staying' || step === wait.steps)
      throw held(holder ?? { process: '', stay: 'leaving', context: '' }, beside)
    await after(wait.step)
  }
  server.unref()
  let isHeld = true
  const leave = (): Promise<void> => {
    isHeld = false
    return new Promise(resolve => server.close(() => resolve()))
  }
  return {
    server,
    serves: name => {
      // One line is all that is read of it.
      context = name.replaceAll(/\s+/g, ' ')
    },
    leave,
    close: async () => {
      if (isHeld && file) await file.remove(file.path)
      await leave()
    },
  }
}
