import fc from 'fast-check'
import t from 'tap'
import { runs } from '../cases.js'
import { bytes } from '../stage.js'
import { echo, named, Peer, UdpProxy } from './stage.js'

for (const size of [0, 1, 1472, 4097, 65_507])
  t.test(`a datagram of ${size} bytes comes back as it was`, async t => {
    const proxy = await UdpProxy.start(t, { endpoints: [(await echo(t)).endpoint] })
    const client = await proxy.client(t)
    const question = bytes(size)
    client.send(question)
    t.ok((await client.next()).bytes.equals(question))
  })

t.test('a client has one flow for all that it sends, and keeps its endpoint', async t => {
  const endpoints = [await named(t, 'a'), await named(t, 'b')]
  const proxy = await UdpProxy.start(t, { endpoints: endpoints.map(({ endpoint }) => endpoint) })
  const client = await proxy.client(t)
  const first = await client.ask('1')
  for (const question of ['2', '3', '4'])
    t.equal(await client.ask(question), first.replace('1', question), 'the same endpoint')
  t.equal(proxy.all('flow-began').length, 1)
})

t.test('another port of the same client has a flow of its own', async t => {
  const endpoints = [await named(t, 'a'), await named(t, 'b')]
  const proxy = await UdpProxy.start(t, { endpoints: endpoints.map(({ endpoint }) => endpoint) })
  const answers = [await (await proxy.client(t)).ask('?'), await (await proxy.client(t)).ask('?')]
  t.strictSame(answers.sort(), ['a ?', 'b ?'])
  t.strictSame(
    proxy.all('flow-began').map(({ flow }) => flow),
    [1, 2],
  )
})

t.test('an endpoint may answer many times, and later', async t => {
  const endpoint = await Peer.bound(t)
  const proxy = await UdpProxy.start(t, { endpoints: [endpoint.endpoint] })
  const client = await proxy.client(t)
  client.send('subscribe')
  const { from } = await endpoint.next()
  for (const text of ['one', 'two', 'three']) endpoint.sendTo(from, text)
  t.strictSame(
    [await client.next(), await client.next(), await client.next()].map(({ text }) => text),
    ['one', 'two', 'three'],
  )
})

t.test('nobody but the endpoint can answer', async t => {
  const endpoint = await Peer.bound(t)
  const proxy = await UdpProxy.start(t, { endpoints: [endpoint.endpoint] })
  const client = await proxy.client(t)
  client.send('question')
  const { from } = await endpoint.next()
  const stranger = await Peer.bound(t)
  stranger.sendTo(from, 'a lie')
  // It is on its way to the flow's socket, or dropped, before this.
  await stranger.connect(stranger.endpoint)
  await stranger.ask('sent and heard')
  endpoint.sendTo(from, 'the truth')
  t.equal((await client.next()).text, 'the truth')
})

t.test('what was carried is reported when a flow ends', async t => {
  const { endpoint } = await named(t, 'a')
  const proxy = await UdpProxy.start(t, { endpoints: [endpoint] })
  const client = await proxy.client(t)
  await client.ask('hello')
  await client.ask('again')
  await proxy.listener.close()
  t.match(proxy.all('flow-ended'), [
    { flow: 1, client: '127.0.0.1', clientPort: client.endpoint.port, endpoint, sent: 10, received: 14 },
  ])
  t.strictSame(proxy.ends, ['closing'])
})

t.test('many clients get each their own datagrams, all sizes and in any order', async t => {
  const proxy = await UdpProxy.start(t, { endpoints: [(await echo(t)).endpoint, (await echo(t)).endpoint] })
  const clients = await Promise.all(Array.from({ length: 8 }, () => proxy.client(t)))
  const exchange = fc.record({
    client: fc.nat({ max: clients.length - 1 }),
    size: fc.oneof(fc.nat({ max: 64 }), fc.nat({ max: 65_507 })),
    seed: fc.nat(),
  })
  // So few at once that no buffer of the kernel overflows.
  await fc.assert(
    fc.asyncProperty(fc.array(exchange, { minLength: 1, maxLength: 6 }), async exchanges => {
      const asked = exchanges.map(({ client, size, seed }) => ({ client, bytes: bytes(size, seed) }))
      for (const { client, bytes } of asked) clients[client]?.send(bytes)
      for (const { client, bytes } of asked) {
        const answer = await clients[client]?.next()
        if (!answer?.bytes.equals(bytes)) throw new Error(`client ${client} got something else`)
      }
    }),
    runs(200),
  )
  t.equal(proxy.all('flow-began').length <= clients.length, true)
})
