import t from 'tap'
import { Budget } from '../../../lib/stream/budget.js'
import { FlowRoom } from '../../../lib/dataplane/udp/flow-room.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { FakeClock } from '../../fake-clock.js'
import { echo, Peer, type Scene, UdpProxy } from './stage.js'

/** So many clients, each with its answer. */
const served = async (scene: Scene, proxy: UdpProxy, count: number): Promise<readonly Peer[]> => {
  const clients: Peer[] = []
  for (let number = 0; number < count; number += 1) {
    const client = await proxy.client(scene)
    await client.ask('?')
    clients.push(client)
  }
  return clients
}

/** The ports of the clients whose flows made room, in order. */
const gone = (proxy: UdpProxy): readonly unknown[] =>
  proxy.all('flow-ended').map(({ clientPort, how }) => `${how} ${clientPort}`)

const madeRoom = (clients: readonly (Peer | undefined)[]): readonly string[] =>
  clients.map(client => `made room ${client?.endpoint.port}`)

t.test('a service port has so many flows at most; the one idle for longest makes room', async t => {
  const clock = new FakeClock()
  const room = new FlowRoom(undefined, { perServicePort: 3, total: 100 })
  const proxy = await UdpProxy.start(t, { endpoints: [(await echo(t)).endpoint], room, clock })
  const [a, b, c] = await served(t, proxy, 3)
  await b?.ask('used')
  await a?.ask('used last')
  const [d, e] = await served(t, proxy, 2)
  t.strictSame(gone(proxy), madeRoom([c, b]))
  t.equal(room.total, 3)
  for (const client of [a, d, e]) t.equal(await client?.ask('still here?'), 'still here?')
  t.equal(proxy.all('flow-began').length, 5)
})

t.test('whoever lost its flow gets another with its next datagram', async t => {
  const room = new FlowRoom(undefined, { perServicePort: 1, total: 100 })
  const proxy = await UdpProxy.start(t, { endpoints: [(await echo(t)).endpoint], room })
  const clients = await served(t, proxy, 2)
  for (const client of [...clients, ...clients]) t.equal(await client.ask('?'), '?')
})

t.test('when there are too many in all, a flood makes room, and others are unharmed', async t => {
  const room = new FlowRoom(undefined, { perServicePort: 100, total: 10 })
  const { endpoint } = await echo(t)
  const [flooded, quiet] = [
    await UdpProxy.start(t, { endpoints: [endpoint], room }),
    await UdpProxy.start(t, { endpoints: [endpoint], room }),
  ]
  const others = await served(t, quiet, 3)
  const flood = await served(t, flooded, 20)
  t.equal(room.total, 10)
  t.strictSame(gone(flooded), madeRoom(flood.slice(0, 13)))
  const more = await served(t, quiet, 1)
  t.strictSame(gone(flooded), madeRoom(flood.slice(0, 14)), 'also for one that holds fewer')
  for (const client of [...others, ...more]) t.equal(await client.ask('?'), '?')
  t.strictSame(gone(quiet), [])
})

t.test('when descriptors are short, it is the same', async t => {
  // Two listeners, of which the room takes no notice, and half of the rest.
  const descriptors = new Budget(14)
  const room = new FlowRoom(descriptors)
  const { endpoint } = await echo(t)
  const [flooded, quiet] = [
    await UdpProxy.start(t, { endpoints: [endpoint], room }),
    await UdpProxy.start(t, { endpoints: [endpoint], room }),
  ]
  descriptors.take(descriptors.left - 4)
  await served(t, flooded, 6)
  t.equal(descriptors.left, 0)
  const [client] = await served(t, quiet, 1)
  t.equal(flooded.ends.length, 3)
  t.equal(await client?.ask('?'), '?')
  await Promise.all([flooded.listener.close(), quiet.listener.close()])
  t.equal(descriptors.left, 6, 'all are given back')
})

t.test('where nothing can make room, a datagram is lost, and that is said', async t => {
  const descriptors = new Budget(100)
  const room = new FlowRoom(descriptors)
  const proxy = await UdpProxy.start(t, { endpoints: [(await echo(t)).endpoint], room })
  descriptors.take(descriptors.left)
  const client = await proxy.client(t)
  client.send('lost')
  t.match(await proxy.event('flow-refused'), { reason: 'no room', clientPort: client.endpoint.port })
  descriptors.giveBack(1)
  t.equal(await client.ask('served'), 'served')
})

t.test('flows take half of the descriptors at most', async t => {
  const room = new FlowRoom(new Budget(9))
  const proxy = await UdpProxy.start(t, { endpoints: [(await echo(t)).endpoint], room })
  await served(t, proxy, 6)
  t.equal(room.total, 4)
})

t.test(
  'a flood of 5,000 clients is bounded at 4,096 flows, and other service ports are unharmed',
  async t => {
    const room = new FlowRoom(new Budget(20_000))
    const { endpoint } = await echo(t)
    const [flooded, quiet] = [
      await UdpProxy.start(t, { endpoints: [endpoint], room }),
      await UdpProxy.start(t, { endpoints: [endpoint], room }),
    ]
    const [other] = await served(t, quiet, 1)
    for (let number = 0; number < 5000; number += 1) {
      // An address each: a port that is free again may be had by the next.
      const address = ipAddress(`127.1.${number >> 8}.${number & 255}`)
      const client = await (await Peer.bound(t, { address })).connect(flooded.endpoint)
      await client.ask('?')
      client.close()
    }
    t.equal(room.total, 4097)
    t.equal(flooded.ends.length, 5000 - 4096)
    t.equal(await other?.ask('?'), '?')
    t.strictSame(quiet.ends, [])
    t.equal(room.unanswered.left, new FlowRoom().unanswered.left, 'nothing is kept of what was answered')
  },
)

t.test('what is kept for unanswered flows is bounded, and given back', async t => {
  const room = new FlowRoom()
  const before = room.unanswered.left
  const sink = await Peer.bound(t)
  const proxy = await UdpProxy.start(t, { endpoints: [sink.endpoint], room })
  const client = await proxy.client(t)
  for (let number = 0; number < 40; number += 1) {
    client.send(Buffer.alloc(1000))
    await sink.next()
  }
  t.equal(room.unanswered.left, before - 16_000)
  await proxy.listener.close()
  t.equal(room.unanswered.left, before)
})
