import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { errorCode } from '../../../../lib/model/error-text.js'
import type { Kind, Place } from './kind.js'

const open = async ({ host, port }: Place): Promise<Socket> => {
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true })
  // Whoever waits for an event hears of an error there; nobody waits all the time.
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

const request = 'GET / HTTP/1.1\r\nHost: soak\r\n\r\n'

const keepAlive = async (web: Place): Promise<boolean> => {
  const socket = await open(web)
  for (let count = 0; count < 200; count++) {
    socket.write(request)
    await once(socket, 'data')
  }
  socket.end()
  await once(socket.resume(), 'close')
  return true
}

const short = async (web: Place): Promise<boolean> => {
  const socket = await open(web)
  socket.end('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')
  let answer = ''
  for await (const bytes of socket) answer += String(bytes)
  return answer.endsWith('\r\n\r\n' + 'x'.repeat(64))
}

/** Sends so many random bytes and reads them back, resting so many milliseconds after each piece. */
const bulk = async (echo: Place, size: number, rest: number): Promise<boolean> => {
  const socket = await open(echo)
  const bytes = Buffer.concat([Buffer.from('E'), randomBytes(size)])
  socket.end(bytes)
  const pieces: Buffer[] = []
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece)
    if (rest === 0) return
    socket.pause()
    setTimeout(() => socket.resume(), rest)
  })
  await once(socket, 'close')
  if (socket.errored) throw socket.errored
  return Buffer.concat(pieces).equals(bytes)
}

const resetByClient = async (echo: Place): Promise<boolean> => {
  const socket = await open(echo)
  socket.write(randomBytes(300_000).fill('E', 0, 1))
  await once(socket, 'data')
  socket.resetAndDestroy()
  await once(socket, 'close')
  return true
}

const resetByEndpoint = async (echo: Place): Promise<boolean> => {
  const socket = await open(echo)
  socket.write('R')
  socket.resume()
  // Without an error its `end` comes, and it never closes: half-open is allowed.
  const how = await Promise.race([
    once(socket, 'end').then(() => 'a clean end'),
    once(socket, 'close').then(() => errorCode(socket.errored)),
  ]).catch(errorCode)
  socket.destroy()
  if (how !== 'ECONNRESET') throw new Error(`an endpoint's reset came as ${how ?? 'nothing'}`)
  return true
}

/** The clients that connect. */
export const connections = (web: Place, echo: Place): readonly Kind[] => [
  { name: 'keep-alive connections', clients: 8, client: () => () => keepAlive(web) },
  { name: 'short connections', clients: 8, client: () => () => short(web) },
  { name: 'bulk', clients: 2, client: () => () => bulk(echo, 4_000_000, 0) },
  { name: 'slow readers', clients: 40, client: () => () => bulk(echo, 1_000_000, 20) },
  { name: 'resets by the client', clients: 4, client: () => () => resetByClient(echo) },
  { name: 'resets by the endpoint', clients: 4, client: () => () => resetByEndpoint(echo) },
]
