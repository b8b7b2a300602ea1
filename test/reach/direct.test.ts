import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t from 'tap'
import { branded } from '../../lib/model/brand.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { Budget } from '../../lib/stream/budget.js'
import { DirectReach } from '../../lib/reach/direct.js'
import type { Dialling } from '../../lib/reach/reach.js'
import { FakeClock } from '../fake-clock.js'
import { silentEndpoint } from '../silent-endpoint.js'

const loopback = ipAddress('127.0.0.1')
const options = { timeout: seconds(1), budget: new Budget(0), opened: () => undefined }

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
  server.once('connection', socket => socket.on('error', () => undefined).end('hello'))
  const clock = new FakeClock()
  const stream = await new DirectReach({ clock }).dial(at(portOf(server)), options).stream
  const heard = await new Promise<string>(resolve =>
    stream.readTo({
      read: bytes => {
        resolve(String(bytes))
        return true
      },
      ...{ ended: () => undefined, drained: () => undefined, closed: () => undefined },
    }),
  )
  t.equal(heard, 'hello')
  t.equal(clock.alarms, 0)
  stream.reset()
})

t.test('an endpoint that refuses is an error with its code', async t => {
  const server = await listening()
  const number = portOf(server)
  server.close()
  await once(server, 'close')
  const clock = new FakeClock()
  const dialling = new DirectReach({ clock }).dial(at(number), options)
  await t.rejects(dialling.stream, { code: 'ECONNREFUSED' })
  t.equal(clock.alarms, 0)
})

t.test('an endpoint that does not answer is given up after the timeout, and no socket stays', async t => {
  const endpoint = await silentEndpoint(t)
  const before = sockets()
  const clock = new FakeClock()
  const dialling = new DirectReach({ clock }).dial(endpoint, options)
  t.ok(sockets() > before)
  clock.advance(seconds(1))
  await t.rejects(dialling.stream, {
    code: 'ETIMEDOUT',
    message: /^127\.0\.0\.1:\d+ did not answer within 1000 ms$/,
  })
  await downTo(before)
})

t.test('a dial that is given up is over at once, and no socket stays', async t => {
  const endpoint = await silentEndpoint(t)
  const before = sockets()
  const clock = new FakeClock()
  const dialling = new DirectReach({ clock }).dial(endpoint, options)
  t.ok(sockets() > before)
  dialling.giveUp()
  dialling.giveUp()
  await t.rejects(dialling.stream, { code: 'ABORT_ERR' })
  await downTo(before)
  t.equal(clock.alarms, 0)
})

t.test('a port that is none is a rejection, not an exception', async t => {
  for (const number of [-1, 65_536, Number.NaN]) {
    const endpoint = { address: loopback, port: branded<number, 'Port'>(number) }
    const dialling = new DirectReach({ clock: new FakeClock() }).dial(endpoint, options)
    await t.rejects(dialling.stream, { code: 'ERR_SOCKET_BAD_PORT' })
  }
})

t.test('an endpoint that has answered while we were busy is not given up', async t => {
  const server = await listening()
  t.teardown(() => server.close())
  server.on('connection', socket => socket.on('error', () => undefined))
  const clock = new FakeClock()
  // Where real alarms ring: the kernel has connected by then, and the loop has not looked yet.
  const dialling = await new Promise<Dialling>(resolve =>
    setTimeout(() => {
      resolve(new DirectReach({ clock }).dial(at(portOf(server)), options))
      clock.advance(seconds(1))
    }),
  )
  const stream = await dialling.stream
  stream.reset()
})
