import { createServer, type Server } from 'node:http'
import { answerTo } from './answer.js'

/**
 * HTTP as a pod speaks it: `GET /hostname`, `GET /clientip`; `GET` of anything else is answered with the pod's name
 * too, and a body comes back. It is never bound: connections are given to it.
 */
export const httpAnswers = (name: string): Server =>
  createServer((request, response) => {
    response.setHeader('content-type', 'text/plain')
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      request.pipe(response)
      return
    }
    const client = request.socket.remoteAddress ?? ''
    const answer = answerTo((request.url ?? '').slice(1), { name, client }) ?? `${name}\n`
    response.setHeader('content-length', Buffer.byteLength(answer))
    response.end(request.method === 'HEAD' ? undefined : answer)
  })
