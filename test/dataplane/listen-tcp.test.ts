import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import t from 'tap'
import { bytes, echo, endpointThat, fateOf, howAll, Proxy, received } from './stage.js'

const slice = bytes(1 << 16)

/** So many bytes in slices; counts those that were asked for. */
function* slices(size: number, taken: { count: number }): Generator<Buffer> {
  for (; taken.count < size; taken.count += slice.length) yield slice
}

const sizeOf = async (socket: Socket): Promise<number> => {
  let size = 0
  socket.on('data', (chunk: Buffer) => (size += chunk.length))
  await once(socket.resume(), 'end')
  return size
}

t.test('what a client sends comes back from an endpoint that echoes', async t => {
  const proxy = await Proxy.start(t, { endpoints: [await echo(t)] })
  const client = await proxy.client()
  client.end('hello')
  t.equal(String(await received(client)), 'hello')
})

t.test('16 MiB each way arrive as they were sent', async t => {
  const [request, response] = [bytes(1 << 24, 1), bytes(1 << 24, 2)]
  const arrived: Promise<Buffer>[] = []
  const endpoint = await endpointThat(t, socket => {
    arrived.push(received(socket))
    socket.end(response)
  })
  const proxy = await Proxy.start(t, { endpoints: [endpoint] })
  const client = await proxy.client()
  client.end(request)
  t.ok(response.equals(await received(client)))
  t.ok((await arrived[0])?.equals(request))
  t.match(await proxy.event('disconnected'), { how: 'ended', sent: 1 << 24, received: 1 << 24 })
})

t.test('a server may speak first', async t => {
  const proxy = await Proxy.start(t, {
    endpoints: [await endpointThat(t, socket => socket.write('220 ready'))],
  })
  const client = await proxy.client()
  t.strictSame(await once(client, 'data'), [Buffer.from('220 ready')])
})

t.test('a client that has sent its end still gets 1 MiB', async t => {
  const answer = bytes(1 << 20)
  const endpoint = await endpointThat(t, socket => {
    socket.resume()
    socket.once('end', () => socket.end(answer))
  })
  const proxy = await Proxy.start(t, { endpoints: [endpoint] })
  const client = await proxy.client()
  client.end('give')
  t.ok(answer.equals(await received(client)))
  t.match(await proxy.event('disconnected'), { how: 'ended', sent: 4, received: 1 << 20 })
})

t.test('an endpoint that has sent its end still gets 1 MiB', async t => {
  const request = bytes(1 << 20)
  const arrived: Promise<Buffer>[] = []
  const endpoint = await endpointThat(t, socket => {
    arrived.push(received(socket))
    socket.end('enough')
  })
  const proxy = await Proxy.start(t, { endpoints: [endpoint] })
  const client = await proxy.client()
  t.equal(String(await received(client)), 'enough')
  client.end(request)
  t.match(await proxy.event('disconnected'), { how: 'ended', sent: 1 << 20, received: 6 })
  t.ok((await arrived[0])?.equals(request))
})

t.test('an endpoint that resets is seen as a reset', async t => {
  const endpoint = await endpointThat(t, socket => socket.once('data', () => socket.resetAndDestroy()))
  const proxy = await Proxy.start(t, { endpoints: [endpoint] })
  const client = await proxy.client()
  client.write('hello')
  t.equal(await fateOf(client), 'ECONNRESET')
  t.match(await proxy.event('disconnected'), { how: 'reset by endpoint' })
})

t.test('a client that resets is seen as a reset', async t => {
  const fates: Promise<string>[] = []
  const endpoint = await endpointThat(t, socket => {
    fates.push(fateOf(socket))
    socket.write('hello')
  })
  const proxy = await Proxy.start(t, { endpoints: [endpoint] })
  const client = await proxy.client()
  await once(client, 'data')
  client.resetAndDestroy()
  t.match(await proxy.event('disconnected'), { how: 'reset by client' })
  t.equal(await fates[0], 'ECONNRESET')
})

t.test('an endpoint that resets right behind its answer is not taken for one that has ended', async t => {
  const endpoint = await endpointThat(t, socket => {
    socket.once('data', () => socket.write('half of the ans', () => socket.resetAndDestroy()))
  })
  const proxy = await Proxy.start(t, { endpoints: [endpoint] })
  for (let round = 0; round < 50; round += 1) {
    const client = await proxy.client()
    client.write('give')
    t.equal(await fateOf(client), 'ECONNRESET')
  }
  await proxy.connections.ended
  t.strictSame(howAll(proxy), new Set(['reset by endpoint']))
})

t.test('a reset is seen behind an answer that the client had not taken yet', async t => {
  const noticed = new EventEmitter()
  const endpoint = await endpointThat(t, socket => {
    socket.write(bytes(1 << 24))
    socket.once('data', () => {
      socket.resetAndDestroy()
      noticed.emit('reset')
    })
  })
  const proxy = await Proxy.start(t, { endpoints: [endpoint] })
  const client = await proxy.client()
  client.pause()
  await once(client, 'readable')
  client.write('enough')
  await once(noticed, 'reset')
  t.equal(await fateOf(client), 'ECONNRESET')
  t.match(await proxy.event('disconnected'), { how: 'reset by endpoint' })
})

t.test('a client that reads nothing holds back its endpoint, not the others', async t => {
  const [offered, bound] = [1 << 27, 1 << 25]
  const taken: { count: number }[] = []
  const endpoint = await endpointThat(t, socket => {
    const mine = { count: 0 }
    taken.push(mine)
    Readable.from(slices(offered, mine)).pipe(socket)
  })
  const proxy = await Proxy.start(t, { endpoints: [endpoint] })
  const slow = await proxy.client()
  slow.pause()
  for (let round = 0; round < 2; round += 1) t.equal(await sizeOf(await proxy.client()), offered)
  const slowTaken = Math.min(...taken.map(({ count }) => count))
  t.ok(slowTaken < bound, `${slowTaken} bytes are on their way to a client that does not read`)
  t.equal(await sizeOf(slow), offered, 'it gets the rest when it reads')
})
