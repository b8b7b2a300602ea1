import { Socket as UdpSocket } from 'node:dgram'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Endpoint } from '../../model/endpoint.js'
import type { IpAddress } from '../../model/ip-address.js'
import { startChild } from '../../host/child.js'
import type { Question } from './ask.js'
import { isReply, type Request, type ServedPod } from './messages.js'

/** The pods of the sandbox: their servers, and clients that come from their addresses. */
export interface PodHost {
  /** Its process; its network namespace is the pods'. */
  readonly pid: number
  /** Rejects when a port of the pod cannot be listened on. */
  serve(pod: ServedPod): Promise<void>
  /** Content when there is no such pod. */
  stop(uid: string): Promise<void>
  /**
   * A connection that a pod opened, or one of `outsideAddresses`. It lives in the pods' namespace but is yours: half-open is
   * allowed. Rejects with the system's code (`ECONNREFUSED`).
   */
  connect(from: IpAddress, to: Endpoint): Promise<Socket>
  /** A UDP socket of a pod, yours to send from and to close. */
  bind(from: IpAddress): Promise<UdpSocket>
  /** Sends a datagram from a pod, or from one of `outsideAddresses`, and resolves with the answer: see `askFrom`. */
  ask(from: IpAddress, question: Question): Promise<string>
  /** Ends all pods at once. */
  close(): Promise<void>
}

type Result = Socket | UdpSocket | string | undefined

interface Waiting {
  readonly resolve: (result: Result) => void
  readonly reject: (error: Error) => void
}

const program = fileURLToPath(new URL('./main.js', import.meta.url))

/** Starts the pod host in a new network namespace, which `connectNode` is to link with ours. */
export const startPodHost = async (): Promise<PodHost> => {
  const child = await startChild(['unshare', '--net', process.execPath, program])
  const waiting = new Map<number, Waiting>()
  let last = 0
  let gone = false
  const reply = (id: number): Promise<Result> =>
    new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
  const ask = async (request: Request): Promise<Result> => {
    if (gone) throw new Error('the pod host has ended')
    const id = (last += 1)
    child.send({ id, request })
    return reply(id)
  }
  child.onMessage((message, handle) => {
    if (!isReply(message)) return
    const { id, error, answer } = message
    const asked = waiting.get(id)
    waiting.delete(id)
    if (error) asked?.reject(Object.assign(new Error(error.message), { code: error.code }))
    else asked?.resolve(handle instanceof Socket || handle instanceof UdpSocket ? handle : answer)
  })
  void child.ended.then(() => {
    gone = true
    for (const { reject } of waiting.values()) reject(new Error('the pod host has ended'))
    waiting.clear()
  })
  await reply(0)
  return {
    pid: child.pid,
    serve: async pod => {
      await ask({ kind: 'serve', pod })
    },
    stop: async uid => {
      await ask({ kind: 'stop', uid })
    },
    connect: async (from, to) => {
      const socket = await ask({ kind: 'connect', from, to })
      if (!(socket instanceof Socket)) throw new Error('the pod host sent no connection')
      socket.allowHalfOpen = true
      return socket
    },
    bind: async from => {
      const socket = await ask({ kind: 'bind', from })
      if (!(socket instanceof UdpSocket)) throw new Error('the pod host sent no UDP socket')
      return socket
    },
    ask: async (from, question) => {
      const answer = await ask({ kind: 'ask', from, question })
      if (typeof answer !== 'string') throw new Error('the pod host sent no answer')
      return answer
    },
    close: () => child.kill(),
  }
}
