import type { Socket } from 'node:dgram'
import type { Endpoint } from '../../model/endpoint.js'
import type { IpAddress } from '../../model/ip-address.js'
import type { Milliseconds } from '../../model/milliseconds.js'
import { bindTo } from './clients.js'

/** One datagram, and who is to answer it. */
export interface Question {
  readonly to: Endpoint
  readonly text: string
  /** How long to wait for the answer. */
  readonly patience: Milliseconds
}

const answerOver = (socket: Socket, { to, text, patience }: Question): Promise<string> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(Object.assign(new Error(`no answer within ${patience} ms`), { code: 'ETIMEDOUT' }))
    }, patience)
    const failed = (error: Error): void => {
      clearTimeout(late)
      reject(error)
    }
    socket.on('error', failed).on('message', answer => {
      clearTimeout(late)
      resolve(answer.toString())
    })
    // Connected, it hears of refusals. One by our own machine fails the call, too, with EPERM; the error that follows says why.
    socket.connect(to.port, to.address, (error?: Error) => {
      if (error) failed(error)
      else socket.send(text, () => undefined)
    })
  })

/**
 * Asks from an address and a port that nobody has used before. Rejects with the system's code (`ECONNREFUSED`), and with
 * `ETIMEDOUT` when no answer comes.
 */
export const askFrom = async (from: IpAddress, question: Question): Promise<string> => {
  const socket = await bindTo(from)
  try {
    return await answerOver(socket, question)
  } finally {
    socket.close()
  }
}
