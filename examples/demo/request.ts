import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Endpoint } from '../../lib/model/endpoint.js'

/** Asks with HTTP on an open connection, and resolves with the body: a sandbox pod answers with its name. */
export const ask = async (socket: Socket): Promise<string> => {
  let answer = ''
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
  socket.end('GET / HTTP/1.1\r\nhost: service\r\nconnection: close\r\n\r\n')
  await once(socket, 'close')
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  if (!head.startsWith('HTTP/1.1 200'))
    throw new Error(`no HTTP answer: ${JSON.stringify(answer.slice(0, 80))}`)
  return body.trim()
}

/** Opens a connection from the node itself. Rejects with the system's code (`ECONNREFUSED`). */
export const connectFromNode = async ({ address, port }: Endpoint): Promise<Socket> => {
  const socket = connect({ host: address, port, allowHalfOpen: true })
  await once(socket, 'connect')
  return socket
}
