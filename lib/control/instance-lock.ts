import { connect, createServer, type Server } from 'node:net'
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

const listen = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path: name }, () => {
      server.off('error', reject)
      resolve()
    })
  })

/** The process id that the holder tells; undefined when it does not answer in time, as a stopped one would not. */
const askHolder = (timeout: Milliseconds): Promise<string | undefined> =>
  new Promise(resolve => {
    let answer = ''
    const socket = connect({ path: name })
    const timer = setTimeout(() => socket.destroy(), timeout)
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => (answer += text))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(answer.trim() || undefined)
    })
  })

/**
 * Takes the lock of this network namespace for the process `pid`; shares it where it is `inherited` from the process that has
 * it. Rejects with Failure `another-instance`, within half a second, when another process has it.
 */
export const holdInstanceLock = async (pid: number, inherited?: Server): Promise<InstanceLock> => {
  const server = inherited ?? createServer()
  server.on('connection', socket => {
    socket.on('error', () => socket.destroy())
    // Gone with its last byte: a caller that stays could keep us from closing.
    socket.end(`${pid}\n`, () => socket.destroy())
  })
  try {
    if (!inherited) await listen(server)
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error
    const holder = await askHolder(answerTimeout)
    const process = holder === undefined ? '' : ` (process ${holder})`
    throw new Failure('another-instance', `kube-portal already runs here${process}`, {
      cure: `stop it first${holder === undefined ? '' : `: kill ${holder}`}; nothing was touched`,
    })
  }
  server.unref()
  return {
    server,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}
