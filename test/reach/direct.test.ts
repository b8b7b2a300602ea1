import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t from 'tap'
import { branded } from '../../lib/model/brand.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { DirectReach } from '../../lib/reach/direct.js'
import { FakeClock } from '../fake-clock.js'
import { silentEndpoint } from '../silent-endpoint.js'

const loopback = ipAddress('127.0.0.1')
const never = new AbortController().signal

const at = (number: number): Endpoint => ({ address: loopback, port: port(number) })

/** How many TCP sockets this process has, listeners apart. */
const sockets = (): number =>
  process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap' || name === 'TCPConnectWrap')
    .length

/** Resolves when no more than `count` sockets are left, which takes Node some turns of the loop. */
const downTo = async (count: number): Promise<void> => {
  while (sockets() > count) await new Promise(setImmediate)
}

const listening = async (): Promise<ReturnType<typeof createServer>> => {
  const server = createServer({ allowHalfOpen: true }).listen(0, loopback)
  await once(server, 'listening')
  return server
}

const portOf = (server: ReturnType<typeof createServer>): number => {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  return address.port
}

t.test('waits 250 ms, 500 ms, 1 s and 2 s', t => {
  t.strictSame(new DirectReach({ clock: new FakeClock() }).schedule, [250, 500, 1000, 2000])
  t.end()
})

t.test('an endpoint that listens is reached, and its alarm is off', async t => {
  const server = await listening()
  t.teardown(() => server.close())
  server.once('connection', socket => socket.end('hello'))
  const clock = new FakeClock()
  const stream = await new DirectReach({ clock }).dial(at(portOf(server)), {
    timeout: seconds(1),
    signal: never,
  })
  t.strictSame(await once(stream, 'data'), [Buffer.from('hello')])
  t.equal(clock.alarms, 0)
  t.ok(stream.writable, 'its end is not ours')
  stream.destroy()
})

t.test('an endpoint that refuses is an error with its code', async t => {
  const server = await listening()
  const number = portOf(server)
  server.close()
  await once(server, 'close')
  const clock = new FakeClock()
  const dialling = new DirectReach({ clock }).dial(at(number), { timeout: seconds(1), signal: never })
  await t.rejects(dialling, { code: 'ECONNREFUSED' })
  t.equal(clock.alarms, 0)
})

t.test('an endpoint that does not answer is given up after the timeout, and no socket stays', async t => {
  const endpoint = await silentEndpoint(t)
  const before = sockets()
  const clock = new FakeClock()
  const dialling = new DirectReach({ clock }).dial(endpoint, { timeout: seconds(1), signal: never })
  t.ok(sockets() > before)
  clock.advance(seconds(1))
  await t.rejects(dialling, {
    code: 'ETIMEDOUT',
    message: /^127\.0\.0\.1:\d+ did not answer within 1000 ms$/,
  })
  await downTo(before)
})

t.test('a dial that is aborted is over at once, and no socket stays', async t => {
  const endpoint = await silentEndpoint(t)
  const before = sockets()
  const clock = new FakeClock()
  const controller = new AbortController()
  const { signal } = controller
  const dialling = new DirectReach({ clock }).dial(endpoint, { timeout: seconds(1), signal })
  t.ok(sockets() > before)
  controller.abort()
  await t.rejects(dialling, { code: 'ABORT_ERR' })
  await downTo(before)
  t.equal(clock.alarms, 0)
})

t.test('a dial that is aborted before it begins opens nothing', async t => {
  const before = sockets()
  const dialling = new DirectReach({ clock: new FakeClock() }).dial(at(1), {
    timeout: seconds(1),
    signal: AbortSignal.abort(),
  })
  await t.rejects(dialling, { name: 'AbortError' })
  await downTo(before)
})

t.test('a port that is none is a rejection, not an exception', async t => {
  for (const number of [-1, 65_536, Number.NaN]) {
    const endpoint = { address: loopback, port: branded<number, 'Port'>(number) }
    const dialling = new DirectReach({ clock: new FakeClock() }).dial(endpoint, {
      timeout: seconds(1),
      signal: never,
    })
    await t.rejects(dialling, { code: 'ERR_SOCKET_BAD_PORT' })
  }
})
