import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { errorCode } from '../model/error-text.js'
import { Failure } from '../model/failure.js'
import { type Milliseconds, milliseconds } from '../model/milliseconds.js'

/** Held by the one instance of a network namespace. */
export interface InstanceLock {
  /** What holds it: a process that listens with it, too, holds it as well. */
  readonly server: Server
  /** Lets the next one in. May be called twice. */
  close(): Promise<void>
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
}

/** Resolves with whether it is ours. */
const listen = async (server: Server): Promise<boolean> => {
  try {
    server.listen({ path: name })
    await once(server, 'listening')
    return true
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error
    return false
  }
}

/** Who the holder says it is: nameless when it does not answer in time, as a stopped one would not. Undefined: there is none. */
const askHolder = (timeout: Milliseconds): Promise<Holder | undefined> =>
  new Promise(resolve => {
    let answer = ''
    let isThere = true
    const socket = connect({ path: name })
    const timer = setTimeout(() => socket.destroy(), timeout)
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => (answer += text))
    socket.on('error', error => {
      isThere = errorCode(error) !== 'ECONNREFUSED'
      socket.destroy()
    })
    socket.on('close', () => {
      clearTimeout(timer)
      const [process = '', stay] = answer.trim().split(' ')
      resolve(isThere ? { process, stay: stay === 'leaving' ? stay : 'staying' } : undefined)
    })
  })

/** The process that runs as kube-portal in this network namespace; `unknown` where it does not say; undefined: none. */
export const runningInstance = async (): Promise<string | undefined> => {
  const holder = await askHolder(answerTimeout)
  return holder?.process === '' ? 'unknown' : holder?.process
}

const held = ({ process }: Holder): Failure => {
  const named = process === '' ? '' : ` (process ${process})`
  return new Failure('another-instance', `kube-portal already runs here${named}`, {
    cure: `stop it first${process === '' ? '' : `: kill ${process}`}; nothing was touched`,
  })
}

export interface LockOptions {
  /** Default: staying. */
  readonly stay?: Stay
  /** What holds it already, from the process before this one: it is shared. */
  readonly inherited?: Server | undefined
}

/**
 * Takes the lock of this network namespace for the process `pid`. Rejects with Failure `another-instance`, within half a
 * second, when another process has it that stays; waits for one that leaves.
 */
export const holdInstanceLock = async (
  pid: number,
  { stay = 'staying', inherited }: LockOptions = {},
): Promise<InstanceLock> => {
  const server = inherited ?? createServer()
  server.on('connection', socket => {
    socket.on('error', () => socket.destroy())
    // Gone with its last byte: a caller that stays could keep us from closing.
    socket.end(stay === 'leaving' ? `${pid} leaving\n` : `${pid}\n`, () => socket.destroy())
  })
  for (let step = 0; !inherited && !(await listen(server)); step += 1) {
    const holder = await askHolder(answerTimeout)
    if (holder?.stay === 'staying' || step === wait.steps)
      throw held(holder ?? { process: '', stay: 'leaving' })
    await after(wait.step)
  }
  server.unref()
  return {
    server,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}
