// soak-client.js HOST WEB-PORT ECHO-PORT: clients of all kinds at once, until SIGTERM. Prints a `Tally` as JSON.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { errorCode, errorText } from '../../../lib/model/error-text.js'

const [host = '', webPort = '', echoPort = ''] = process.argv.slice(2)
const done: Record<string, number> = {}
const reasons: string[] = []
let [wrong, failed, stopping] = [0, 0, false]

const open = async (port: string): Promise<Socket> => {
  const socket = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true })
  // Whoever waits for an event hears of an error there; nobody waits all the time.
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

const request = 'GET / HTTP/1.1\r\nHost: soak\r\n\r\n'

const keepAlive = async (): Promise<void> => {
  const socket = await open(webPort)
  for (let count = 0; count < 200; count++) {
    socket.write(request)
    await once(socket, 'data')
  }
  socket.end()
  await once(socket.resume(), 'close')
}

const short = async (): Promise<void> => {
  const socket = await open(webPort)
  socket.end('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')
  let answer = ''
  for await (const bytes of socket) answer += String(bytes)
  if (!answer.endsWith('\r\n\r\n' + 'x'.repeat(64))) wrong += 1
}

/** Sends so many random bytes and reads them back, resting so many milliseconds after each piece. */
const echo = async (size: number, rest: number): Promise<void> => {
  const socket = await open(echoPort)
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
  if (!Buffer.concat(pieces).equals(bytes)) wrong += 1
}

const resetByClient = async (): Promise<void> => {
  const socket = await open(echoPort)
  socket.write(randomBytes(300_000).fill('E', 0, 1))
  await once(socket, 'data')
  socket.resetAndDestroy()
  await once(socket, 'close')
}

const resetByEndpoint = async (): Promise<void> => {
  const socket = await open(echoPort)
  socket.write('R')
  socket.resume()
  // Without an error its `end` comes, and it never closes: half-open is allowed.
  const how = await Promise.race([
    once(socket, 'end').then(() => 'a clean end'),
    once(socket, 'close').then(() => errorCode(socket.errored)),
  ]).catch(errorCode)
  socket.destroy()
  if (how !== 'ECONNRESET') throw new Error(`an endpoint's reset came as ${how ?? 'nothing'}`)
}

const keep = async (kind: string, exchange: () => Promise<void>): Promise<void> => {
  done[kind] = 0
  while (!stopping) {
    try {
      await exchange()
      done[kind] += 1
    } catch (error) {
      failed += 1
      if (reasons.length < 5) reasons.push(`${kind}: ${errorText(error)}`)
    }
    // The machine has other things to do, and a soak is about time, not speed.
    await pause(5)
  }
}

const several = (count: number, kind: string, exchange: () => Promise<void>): readonly Promise<void>[] =>
  Array.from({ length: count }, () => keep(kind, exchange))

process.on('SIGTERM', () => (stopping = true))
process.stdout.write('ready\n')
await Promise.all([
  ...several(8, 'keep-alive connections', keepAlive),
  ...several(8, 'short connections', short),
  ...several(2, 'bulk', () => echo(4_000_000, 0)),
  ...several(40, 'slow readers', () => echo(1_000_000, 20)),
  ...several(4, 'resets by the client', resetByClient),
  ...several(4, 'resets by the endpoint', resetByEndpoint),
])
process.stdout.write(JSON.stringify({ done, wrong, failed, reasons }) + '\n')
