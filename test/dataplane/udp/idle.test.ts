import t from 'tap'
import { defaultUdpTimeout } from '../../../lib/dataplane/udp/default-udp-timeout.js'
import { seconds } from '../../../lib/model/milliseconds.js'
import { FakeClock } from '../../fake-clock.js'
import { echo, Peer, UdpProxy } from './stage.js'

t.test('a flow ends when it has been idle for two minutes, and not before', async t => {
  const clock = new FakeClock()
  const proxy = await UdpProxy.start(t, { endpoints: [(await echo(t)).endpoint], clock })
  await (await proxy.client(t)).ask('?')
  clock.advance(defaultUdpTimeout - 1)
  t.strictSame(proxy.ends, [])
  clock.advance(1)
  t.strictSame(proxy.ends, ['idle'])
  t.equal(proxy.room.total, 0)
  t.equal(clock.alarms, 0, 'nothing is left to wait for')
})

t.test('a client that comes back after that has a new flow', async t => {
  const clock = new FakeClock()
  const proxy = await UdpProxy.start(t, { endpoints: [(await echo(t)).endpoint], clock })
  const client = await proxy.client(t)
  await client.ask('before')
  clock.advance(defaultUdpTimeout)
  t.equal(await client.ask('after'), 'after')
  t.equal(proxy.all('flow-began').length, 2)
})

t.test('a busy flow does not end, whichever side speaks', async t => {
  const clock = new FakeClock()
  const endpoint = await Peer.bound(t)
  const proxy = await UdpProxy.start(t, { endpoints: [endpoint.endpoint], clock, idleTimeout: seconds(10) })
  const client = await proxy.client(t)
  client.send('hello')
  const { from } = await endpoint.next()
  for (let round = 0; round < 3; round += 1) {
    clock.advance(9000)
    client.send('only the client')
    await endpoint.next()
  }
  for (let round = 0; round < 3; round += 1) {
    clock.advance(9000)
    endpoint.sendTo(from, 'only the endpoint')
    await client.next()
  }
  t.strictSame(proxy.ends, [])
  clock.advance(10_000)
  t.strictSame(proxy.ends, ['idle'])
})

t.test('each flow ends within a second of its time, with one alarm for all', async t => {
  const clock = new FakeClock()
  const proxy = await UdpProxy.start(t, {
    endpoints: [(await echo(t)).endpoint],
    clock,
    idleTimeout: seconds(5),
  })
  for (let number = 0; number < 20; number += 1) {
    await (await proxy.client(t)).ask('?')
    clock.advance(100)
  }
  t.equal(clock.alarms, 1)
  clock.advance(4500)
  t.equal(clock.alarms, 1)
  clock.advance(1000)
  t.equal(proxy.ends.length, 20)
  t.equal(clock.alarms, 0)
  const lateness = proxy.all('flow-ended').map(({ duration }) => duration - 5000)
  t.ok(Math.min(...lateness) >= 0 && Math.max(...lateness) <= 1000, `late by ${String(lateness)} ms`)
})

t.test('a timeout of the Service counts at once, for flows that are open', async t => {
  const clock = new FakeClock()
  const { endpoint } = await echo(t)
  const proxy = await UdpProxy.start(t, { endpoints: [endpoint], clock })
  const client = await proxy.client(t)
  await client.ask('?')
  clock.advance(30_000)
  proxy.serveWith([endpoint], { idleTimeout: seconds(60) })
  t.strictSame(proxy.ends, [])
  proxy.serveWith([endpoint], { idleTimeout: seconds(20) })
  t.strictSame(proxy.ends, ['idle'])
  await client.ask('?')
  proxy.serveWith([endpoint], { idleTimeout: seconds(300) })
  clock.advance(299_000)
  t.equal(proxy.ends.length, 1)
  proxy.serveWith([endpoint])
  t.equal(proxy.ends.length, 2, 'without one, the default is back')
})

t.test('a timeout of 0 means the default', async t => {
  const clock = new FakeClock()
  const { endpoint } = await echo(t)
  const proxy = await UdpProxy.start(t, { endpoints: [endpoint], clock, idleTimeout: seconds(10) })
  await (await proxy.client(t)).ask('?')
  proxy.serveWith([endpoint], { idleTimeout: seconds(0) })
  clock.advance(9000)
  t.strictSame(proxy.ends, [])
  clock.advance(1000)
  t.strictSame(proxy.ends, ['idle'])
})
