import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Endpoint } from '../../lib/model/endpoint.js'
import type { Client } from '../services/client.js'
import { WebClient } from './web-client.js'

/** What a SOCKS5 proxy answers (RFC 1928), as the system says it of a connection of its own. */
const codes: Readonly<Record<number, string>> = {
  3: 'ENETUNREACH',
  4: 'EHOSTUNREACH',
  5: 'ECONNREFUSED',
}

const next = async (socket: Socket, length: number): Promise<Buffer> => {
  for (;;) {
    const bytes: unknown = socket.read(length)
    if (Buffer.isBuffer(bytes)) return bytes
    await once(socket, 'readable')
  }
}

/** Connects by SOCKS5 to an address or a name. Rejects with the system's code (`ECONNREFUSED`). */
export const connectBySocks = async (proxy: Endpoint, host: string, port: number): Promise<Socket> => {
  const socket = connect({ host: proxy.address, port: proxy.port, allowHalfOpen: true })
  await once(socket, 'connect')
  const name = Buffer.from(host)
  socket.write(Buffer.from([5, 1, 0]))
  await next(socket, 2)
  // The address as a name: a proxy has to read it anyway.
  socket.write(Buffer.from([5, 1, 0, 3, name.length, ...name, port >> 8, port & 255]))
  const [, reply = 1, , kind] = await next(socket, 4)
  await next(socket, kind === 4 ? 18 : 6)
  if (reply === 0) return socket
  socket.destroy()
  throw Object.assign(new Error(`SOCKS answers ${reply}`), { code: codes[reply] ?? `SOCKS ${reply}` })
}

/** A client whose TCP goes by SOCKS; it has no UDP. */
export const socksClient = (proxy: Endpoint): Client =>
  new WebClient({
    connect: ({ address, port }) => connectBySocks(proxy, address, port),
    ask: () => Promise.reject(new Error('UDP does not go by this proxy')),
  })
