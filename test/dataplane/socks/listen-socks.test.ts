import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { realClock } from '../../../lib/cli/real-clock.js'
import { Connections } from '../../../lib/dataplane/connections.js'
import { type Found, listenSocks } from '../../../lib/dataplane/socks/listen-socks.js'
import type { Sought } from '../../../lib/dataplane/socks/message.js'
import type { Clock } from '../../../lib/model/clock.js'
import type { Endpoint } from '../../../lib/model/endpoint.js'
import type { ProxyEvent } from '../../../lib/model/event.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { seconds } from '../../../lib/model/milliseconds.js'
import { Budget } from '../../../lib/stream/budget.js'
import { FakeClock } from '../../fake-clock.js'
import { bytes, echo, endpointThat, fateOf, nobody, Proxy, received } from '../stage.js'

const greeting = Buffer.of(5, 1, 0)
const requestFor = (name: string): Buffer =>
  Buffer.concat([Buffer.of(5, 1, 0, 3, name.length), Buffer.from(name), Buffer.of(0, 80)])
const asking = Buffer.concat([greeting, requestFor('cart')])

const granted = Buffer.of(5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0)
const denied = (code: number): Buffer => Buffer.of(5, 0, 5, code, 0, 1, 0, 0, 0, 0, 0, 0)

interface Options {
  readonly clock?: Clock
  readonly connections?: Connections
}

/** A SOCKS port on loopback behind which `cart` has these endpoints. */
const stage = async (t: Test, endpoints: readonly Endpoint[], options: Options = {}) => {
  const { clock = realClock, connections = new Connections() } = options
  const proxy = await Proxy.start(t, { endpoints, connections })
  const events: ProxyEvent[] = []
  const find = (sought: Sought): Found => {
    const { welcome } = proxy.listener
    if (welcome && sought.kind === 'name' && sought.name === 'cart') return { kind: 'service port', welcome }
    return { kind: 'nobody', reply: 'unknown host', reason: 'nobody knows it' }
  }
  const place = { address: ipAddress('127.0.0.1'), port: (await nobody()).port }
  const { descriptors } = connections
  const memory = new Budget(1 << 20)
  const listener = await listenSocks({
    ...{ place, find, descriptors, memory, clock },
    report: event => events.push(event),
  })
  t.teardown(() => {
    const closed = listener.close()
    if (clock instanceof FakeClock) clock.advance(seconds(1))
    return closed
  })
  const client = (): Socket =>
    connect({ ...place, host: place.address, allowHalfOpen: true }).on('error', () => undefined)
  return { proxy, events, client, listener }
}

t.test('a client gets its answer, and then all that the endpoint says', async t => {
  const speaksFirst = await endpointThat(t, socket => socket.end('hello'))
  const { client, proxy } = await stage(t, [speaksFirst])
  const socket = client()
  socket.write(asking)
  t.strictSame(await received(socket), Buffer.concat([granted, Buffer.from('hello')]))
  socket.end()
  const { sent, received: came } = await proxy.event('disconnected')
  t.strictSame([sent, came], [0, 5], 'our own answer is not counted')
})

t.test('what a client sends with its request, and its end, come to the endpoint', async t => {
  const { client } = await stage(t, [await echo(t)])
  for (const size of [1, 5000, 100_000]) {
    const socket = client()
    const said = bytes(size)
    socket.end(Buffer.concat([asking, said]))
    t.strictSame(await received(socket), Buffer.concat([granted, said]), String(size))
  }
})

t.test('a request may come byte by byte', async t => {
  const { client } = await stage(t, [await echo(t)])
  const socket = client()
  await once(socket, 'connect')
  socket.setNoDelay(true)
  for (const byte of Buffer.concat([asking, Buffer.from('x')])) {
    socket.write(Buffer.of(byte))
    await new Promise(setImmediate)
  }
  socket.end()
  t.strictSame(await received(socket), Buffer.concat([granted, Buffer.from('x')]))
})

t.test('a client is told when nobody serves, and sees an end, no reset', async t => {
  const { client, proxy } = await stage(t, [])
  const socket = client()
  socket.write(Buffer.concat([asking, bytes(100_000)]))
  t.strictSame(await received(socket), denied(5))
  t.equal((await proxy.event('turned-away')).reason, 'no endpoint')
  const { client: other } = await stage(t, [await nobody()])
  const second = other()
  second.write(asking)
  t.strictSame(await received(second), denied(5))
})

t.test('a client is told that nobody has that name', async t => {
  const { client, events } = await stage(t, [await echo(t)])
  const socket = client()
  socket.write(Buffer.concat([greeting, requestFor('bank')]))
  t.strictSame(await received(socket), denied(4))
  t.match(events, [
    { type: 'socks-refused', client: '127.0.0.1', sought: 'bank:80', reason: 'nobody knows it' },
  ])
})

t.test('a client that says nothing for 10 s makes way', async t => {
  const clock = new FakeClock()
  const { client, events } = await stage(t, [], { clock })
  const socket = client()
  const ended = received(socket)
  await clock.alarm(delay => delay === 10_000)
  socket.write(greeting)
  await once(socket, 'data')
  clock.advance(seconds(10))
  await ended
  t.match(events, [{ reason: 'it did not say in time whom it wants' }])
})

t.test('a client that does not go when it is told to is reset', async t => {
  const clock = new FakeClock()
  const { client } = await stage(t, [], { clock })
  const socket = client()
  socket.write(Buffer.concat([greeting, requestFor('bank')]))
  await clock.alarm(delay => delay === 2000)
  await received(socket)
  clock.advance(seconds(2))
  const failed = once(socket, 'error')
  socket.write('still here')
  t.match(await failed, [{ code: /ECONNRESET|EPIPE/ }])
})

t.test('of many that say nothing, who came first makes way', async t => {
  const { client } = await stage(t, [await echo(t)])
  const first = client()
  const fate = fateOf(first)
  await once(first, 'connect')
  const others = Array.from({ length: 256 }, () => client())
  await Promise.all(others.map(socket => once(socket, 'connect')))
  t.equal(await fate, 'ECONNRESET')
  const last = others.at(-1)
  last?.end(asking)
  t.strictSame(last && (await received(last)), granted)
  for (const socket of others) socket.destroy()
})

t.test('clients count against the limit of all, and give back what they took', async t => {
  const connections = new Connections(new Budget(6))
  const { client, proxy, events } = await stage(t, [await echo(t)], { connections })
  // The listener has one, each of these two.
  const served = [client(), client()]
  for (const socket of served) {
    socket.write(asking)
    await once(socket, 'data')
  }
  await proxy.event('connected')
  const refused = client()
  refused.write(asking)
  t.strictSame(await received(refused), denied(1))
  t.equal((await proxy.event('turned-away')).reason, 'too many connections')
  refused.end()
  for (const socket of served) socket.end()
  await connections.ended
  const again = client()
  again.end(asking)
  t.strictSame(await received(again), granted)
  await connections.ended
  t.strictSame(events, [])
  t.equal(connections.descriptors.left, 5)
})

t.test('who is about to ask when it closes is served', async t => {
  const { client, listener } = await stage(t, [await echo(t)])
  const socket = client()
  socket.write(greeting)
  await once(socket, 'data')
  const closed = listener.close()
  socket.end(requestFor('cart'))
  t.strictSame(await received(socket), granted.subarray(2))
  await closed
})

t.test('who is silent does not keep it from closing', async t => {
  const clock = new FakeClock()
  const { client, listener } = await stage(t, [], { clock })
  const socket = client()
  const fate = fateOf(socket)
  await clock.alarm(delay => delay === 10_000)
  const closed = listener.close()
  clock.advance(seconds(1))
  await closed
  t.equal(await fate, 'ECONNRESET')
})
