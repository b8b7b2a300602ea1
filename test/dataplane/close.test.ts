import { EventEmitter, once } from 'node:events'
import t, { type Test } from 'tap'
import { Connections } from '../../lib/dataplane/connections.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { Budget } from '../../lib/stream/budget.js'
import { FakeClock } from '../fake-clock.js'
import { echo, endpointThat, fateOf, howAll, Proxy, received } from './stage.js'

t.test('when a listener closes, open connections live on and new ones are refused', async t => {
  const proxy = await Proxy.start(t, { endpoints: [await echo(t)] })
  const client = await proxy.client()
  await proxy.event('connected')
  await proxy.close()
  t.equal(await fateOf(proxy.connecting()), 'ECONNREFUSED')
  client.end('still here')
  t.equal(String(await received(client)), 'still here')
})

t.test('clients who wait in the queue of a listener that closes are served', async t => {
  const proxy = await Proxy.start(t, { endpoints: [await echo(t)] })
  const answers = Array.from({ length: 50 }, () => received(proxy.connecting().end('hello')))
  await proxy.close()
  t.strictSame(new Set((await Promise.all(answers)).map(String)), new Set(['hello']))
})

t.test('a listener can be closed twice', async t => {
  const proxy = await Proxy.start(t, { endpoints: [], connections: new Connections(new Budget(10)) })
  await Promise.all([proxy.close(), proxy.close()])
  await proxy.close()
  t.equal(proxy.connections.descriptors.left, 10)
})

t.test('a listener to which nobody comes closes after 50 ms', async t => {
  const clock = new FakeClock()
  const proxy = await Proxy.start(t, { endpoints: [], clock })
  const closing = proxy.close()
  await clock.pass(50)
  await closing
  t.equal(clock.alarms, 0)
})

t.test('a listener to which clients do not stop coming closes after a second', async t => {
  const clock = new FakeClock()
  const proxy = await Proxy.start(t, { endpoints: [], clock })
  let isClosed = false
  const closing = proxy.close().then(() => (isClosed = true))
  for (let passed = 0; passed < 1000; passed += 50) {
    t.notOk(isClosed, `still open after ${passed} ms`)
    await fateOf(proxy.connecting())
    await clock.pass(50)
  }
  await closing
})

t.test('a port that is taken is an error with its code', async t => {
  const { listener } = await Proxy.start(t, { endpoints: [] })
  const connections = new Connections(new Budget(10))
  await t.rejects(Proxy.start(t, { endpoints: [], port: listener.port, connections }), { code: 'EADDRINUSE' })
  t.equal(connections.descriptors.left, 10, 'and costs nothing')
})

t.test('the last connection to end resolves the wait for all', async t => {
  const proxy = await Proxy.start(t, { endpoints: [await echo(t)] })
  const clients = await Promise.all([proxy.client(), proxy.client()])
  for (const client of clients) {
    client.write('hello')
    await once(client, 'data')
  }
  t.equal(proxy.connections.count, 2)
  for (const client of clients) client.end()
  await proxy.connections.ended
  t.equal(proxy.connections.count, 0)
})

t.test('a stop resets both sides of every connection', async t => {
  const fates: Promise<string>[] = []
  const endpoint = await endpointThat(t, socket => {
    fates.push(fateOf(socket))
    socket.write('hello')
  })
  const proxy = await Proxy.start(t, { endpoints: [endpoint] })
  const client = await proxy.client()
  await once(client, 'data')
  t.equal(proxy.connections.reset(), 1)
  t.equal(await fateOf(client), 'ECONNRESET')
  t.equal(await fates[0], 'ECONNRESET')
  t.match(await proxy.event('disconnected'), { how: 'stopping', received: 5 })
})

/** Ends when it wants to; tells when the client has ended. */
const patient = (scene: Test, heard: EventEmitter): Promise<Endpoint> =>
  endpointThat(scene, socket => {
    socket.resume().once('end', () => heard.emit('end'))
    heard.on('speak', () => socket.write('x'))
  })

t.test('a pair of which one side has ended is reset when the other is silent for an hour', async t => {
  const [heard, clock] = [new EventEmitter(), new FakeClock()]
  const proxy = await Proxy.start(t, { endpoints: [await patient(t, heard)], clock })
  const client = await proxy.client()
  client.end('hello')
  await once(heard, 'end')
  clock.advance(seconds(3600))
  t.strictSame(howAll(proxy), new Set())
  clock.advance(seconds(4))
  t.equal(await fateOf(client), 'ECONNRESET')
  t.match(await proxy.event('disconnected'), { how: 'half-open too long', sent: 5 })
  t.equal(clock.alarms, 0)
})

t.test('a pair of which one side has ended lives as long as the other speaks', async t => {
  const [heard, clock] = [new EventEmitter(), new FakeClock()]
  const options = { endpoints: [await patient(t, heard)], clock, halfOpenTimeout: seconds(60) }
  const proxy = await Proxy.start(t, options)
  const client = await proxy.client()
  client.end('hello')
  await once(heard, 'end')
  for (let minute = 0; minute < 5; minute += 1) {
    heard.emit('speak')
    await once(client, 'data')
    clock.advance(seconds(60))
    t.equal(proxy.connections.count, 1)
  }
  clock.advance(seconds(60))
  t.match(await proxy.event('disconnected'), { how: 'half-open too long', received: 5 })
})

t.test('a pair that ends as it should leaves no alarm', async t => {
  const clock = new FakeClock()
  const proxy = await Proxy.start(t, { endpoints: [await echo(t)], clock })
  const client = await proxy.client()
  client.end('hello')
  await received(client)
  await proxy.connections.ended
  t.equal(clock.alarms, 0)
})
