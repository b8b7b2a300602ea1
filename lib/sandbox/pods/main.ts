/*
 * The pod host: one process, in the network namespace of the pods, that serves all of them and dials for them. Its
 * pods live in its namespace with an address each, so a hundred of them cost no more than their sockets.
 */
import type { Socket as UdpSocket } from 'node:dgram'
import type { Socket } from 'node:net'
import { errorCode, errorText } from '../../model/error-text.js'
import { askFrom } from './ask.js'
import { bindTo, connectFrom } from './clients.js'
import { type Asking, isAsking, type Reply, type Request } from './messages.js'
import type { ServedPort } from './pod-port.js'
import { servePod } from './pod.js'

const pods = new Map<string, ServedPort>()

const tell = (reply: Reply, socket?: Socket | UdpSocket): void => {
  process.send?.(reply, socket, {}, () => {
    // A sent TCP socket is closed by Node; a UDP one stays open here, and would take half of the datagrams.
    if (socket && 'bind' in socket) socket.close()
  })
}

const fulfil = async (request: Request): Promise<Socket | UdpSocket | string | undefined> => {
  switch (request.kind) {
    case 'serve':
      pods.set(request.pod.uid, await servePod(request.pod))
      return undefined
    case 'stop':
      await pods.get(request.uid)?.close()
      pods.delete(request.uid)
      return undefined
    case 'connect':
      return connectFrom(request.from, request.to)
    case 'bind':
      return bindTo(request.from)
    case 'ask':
      return askFrom(request.from, request.question)
  }
}

const answer = async ({ id, request }: Asking): Promise<void> => {
  try {
    const result = await fulfil(request)
    if (typeof result === 'string') tell({ id, answer: result })
    else tell({ id }, result)
  } catch (error) {
    const code = errorCode(error)
    tell({ id, error: { message: errorText(error), ...(code !== undefined && { code }) } })
  }
}

process.on('message', message => {
  if (isAsking(message)) void answer(message)
})
// Ctrl-C reaches all programs of a terminal; the pods are to last as long as who started them.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit())
tell({ id: 0 })
