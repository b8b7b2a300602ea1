import { once } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import { seconds } from '../../lib/model/milliseconds.js'
import { FakeClock } from '../fake-clock.js'
import { bytes, echo, endpointThat, fateOf, howAll, Proxy, received } from './stage.js'

/** More than the kernel takes for somebody who does not read. */
const much = bytes(1 << 24)

t.test('a client that takes nothing of what waits for it is reset after an hour', async t => {
  const clock = new FakeClock()
  const endpoint = await endpointThat(t, socket => socket.write(much))
  const proxy = await Proxy.start(t, { endpoints: [endpoint], clock })
  const client = (await proxy.client()).pause()
  await once(client, 'readable')
  await stuck(proxy)
  clock.advance(seconds(3600))
  t.strictSame(howAll(proxy), new Set())
  clock.advance(seconds(30))
  t.match(await proxy.event('disconnected'), { how: 'stalled' })
  t.equal(await fateOf(client), 'ECONNRESET')
  t.equal(clock.alarms, 0)
})

t.test('an endpoint that takes nothing of what waits for it is reset after an hour', async t => {
  const clock = new FakeClock()
  const fates: Promise<string>[] = []
  const endpoint = await endpointThat(t, socket => {
    // An error is seen without reading, too.
    fates.push(once(socket, 'error').then(String))
    socket.pause()
  })
  const proxy = await Proxy.start(t, { endpoints: [endpoint], clock })
  const client = await proxy.client()
  client.write(much)
  await stuck(proxy)
  clock.advance(seconds(3600))
  t.strictSame(howAll(proxy), new Set())
  clock.advance(seconds(30))
  t.match(await proxy.event('disconnected'), { how: 'stalled' })
  t.equal(await fateOf(client), 'ECONNRESET')
})

t.test('a connection that is idle lives for ever', async t => {
  const clock = new FakeClock()
  const proxy = await Proxy.start(t, { endpoints: [await echo(t)], clock })
  const client = await proxy.client()
  await proxy.event('connected')
  clock.advance(seconds(100_000))
  t.equal(String(await received(client.end('hello'))), 'hello')
})

t.test('unless there is an idle timeout, and nothing goes either way for so long', async t => {
  const clock = new FakeClock()
  const proxy = await Proxy.start(t, {
    endpoints: [await echo(t)],
    clock,
    terms: { idleTimeout: seconds(60) },
  })
  const client = await proxy.client()
  for (let round = 0; round < 3; round += 1) {
    client.write('hello')
    await once(client, 'data')
    clock.advance(seconds(45))
  }
  t.strictSame(howAll(proxy), new Set())
  clock.advance(seconds(60))
  t.match(await proxy.event('disconnected'), { how: 'idle too long', sent: 15 })
  t.equal(await fateOf(client), 'ECONNRESET')
})

t.test(
  'an idle timeout that changes counts for connections that are open, and the default is back without it',
  async t => {
    const clock = new FakeClock()
    const endpoints = [await echo(t)]
    const proxy = await Proxy.start(t, { endpoints, clock, terms: { idleTimeout: seconds(60) } })
    const client = await proxy.client()
    client.write('hello')
    await once(client, 'data')
    proxy.listener.update({ portals: [], endpoints, terms: {} })
    clock.advance(seconds(1000))
    t.strictSame(howAll(proxy), new Set())
    client.write('hello')
    await once(client, 'data')
    proxy.listener.update({ portals: [], endpoints, terms: { idleTimeout: seconds(30) } })
    clock.advance(seconds(28))
    t.strictSame(howAll(proxy), new Set())
    clock.advance(seconds(4))
    t.match(await proxy.event('disconnected'), { how: 'idle too long' })
  },
)

t.test('a connection on which one side alone speaks is not idle', async t => {
  const clock = new FakeClock()
  let heard: () => void = () => undefined
  const endpoint = await endpointThat(t, socket => socket.on('data', () => heard()))
  const proxy = await Proxy.start(t, { endpoints: [endpoint], clock, terms: { idleTimeout: seconds(60) } })
  const client = await proxy.client()
  for (let round = 0; round < 5; round += 1) {
    const arrived = new Promise<void>(resolve => (heard = resolve))
    client.write('hello')
    await arrived
    clock.advance(seconds(45))
  }
  t.strictSame(howAll(proxy), new Set())
})

t.test(
  'an idle connection is noticed when others have ended, and when there was none for a while',
  async t => {
    const clock = new FakeClock()
    const terms = { idleTimeout: seconds(60) }
    const proxy = await Proxy.start(t, { endpoints: [await echo(t)], clock, terms })
    const idle = async (): Promise<Socket> => {
      const client = await proxy.client()
      client.write('hello')
      await once(client, 'data')
      return client
    }
    const [first, second] = [await idle(), await idle()]
    first.end()
    await proxy.event('disconnected')
    clock.advance(seconds(62))
    t.equal(await fateOf(second), 'ECONNRESET')
    await proxy.connections.ended
    const third = await idle()
    clock.advance(seconds(62))
    t.equal(await fateOf(third), 'ECONNRESET')
  },
)

t.test('a client that took what waited for it is not stalled, however long it says nothing then', async t => {
  const clock = new FakeClock()
  const endpoint = await endpointThat(t, socket => {
    socket.write(much)
    socket.pipe(socket)
  })
  const proxy = await Proxy.start(t, { endpoints: [endpoint], clock })
  const client = (await proxy.client()).pause()
  await once(client, 'readable')
  await stuck(proxy)
  for (let size = 0; size < much.length;) {
    const chunk: unknown = client.read()
    if (Buffer.isBuffer(chunk)) size += chunk.length
    else await once(client, 'readable')
  }
  clock.advance(seconds(100_000))
  t.equal(String(await received(client.end('hello'))), 'hello')
})

t.test('one timer looks after all connections, and goes with the last', async t => {
  const clock = new FakeClock()
  const proxy = await Proxy.start(t, { endpoints: [await echo(t)], clock })
  const clients = await Promise.all(Array.from({ length: 20 }, () => proxy.client()))
  for (const client of clients) {
    client.write('hello')
    await once(client, 'data')
  }
  t.equal(clock.alarms, 1)
  for (const client of clients) client.end()
  await proxy.connections.ended
  t.equal(clock.alarms, 0)
})

/** Resolves when no more bytes are taken from the endpoint: its buffer is in use, and does not change hands. */
const stuck = async (proxy: Proxy): Promise<void> => {
  while (proxy.budget.left === 1 << 26) await new Promise(setImmediate)
  for (let turns = 0; turns < 2000; turns += 1) await new Promise(setImmediate)
}
