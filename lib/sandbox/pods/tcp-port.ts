import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { answerTo } from './answer.js'
import { httpAnswers } from './http-answers.js'
import type { PodPort, ServedPort } from './pod-port.js'

const httpRequest = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /

/** The first bytes decide: HTTP, a question, or something to send back. After a client's FIN the rest goes out, then ours. */
const serve = (socket: Socket, name: string, http: HttpServer): void => {
  socket.once('data', (first: Buffer) => {
    const text = first.toString('latin1', 0, 64)
    if (httpRequest.test(text)) {
      socket.pause()
      socket.unshift(first)
      http.emit('connection', socket)
      // Only after the parser has its listeners on.
      process.nextTick(() => socket.resume())
    } else {
      socket.write(answerTo(text, { name, client: socket.remoteAddress ?? '' }) ?? first)
      socket.pipe(socket)
    }
  })
}

/** Serves a TCP port of a pod. Rejects when it cannot be listened on. */
export const serveTcp = async ({ name, address, port }: PodPort): Promise<ServedPort> => {
  const http = httpAnswers(name)
  const open = new Set<Socket>()
  const server = createServer({ noDelay: true }, socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    // A client that resets is no concern of ours.
    socket.on('error', () => socket.destroy())
    serve(socket, name, http)
  })
  server.listen({ host: address, port, backlog: 4096 })
  await once(server, 'listening')
  return {
    close: async () => {
      const closed = new Promise(resolve => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}
