import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { seconds } from '../../../lib/model/milliseconds.js'
import { createCertificates } from '../../../lib/sandbox/api/certificates.js'
import { bytes, endpointThat, fateOf, nobody, Proxy, received } from '../../dataplane/stage.js'
import { FakeClock } from '../../fake-clock.js'
import { Api, reachThrough, wayTo } from './stage.js'

const certificates = await createCertificates(['127.0.0.1'], new Date())

t.test('a client gets what a pod says, and its end', async t => {
  const api = await Api.start(t)
  const answer = bytes(1_000_000)
  const pod = await endpointThat(t, socket => socket.once('data', () => socket.end(answer)))
  const proxy = await Proxy.start(t, { endpoints: [pod], reach: reachThrough(api) })
  const client = await proxy.client()
  client.write('GET / HTTP/1.0\r\n\r\n')
  t.ok((await received(client)).equals(answer))
  client.end()
  const { how, sent } = await proxy.event('disconnected')
  t.strictSame({ how, sent }, { how: 'ended', sent: 18 })
  await api.quiet()
})

t.test('a client whose pod refuses is served by another', async t => {
  const api = await Api.start(t)
  const [gone, pod] = [await nobody(), await endpointThat(t, socket => socket.end('hello'))]
  const proxy = await Proxy.start(t, { endpoints: [gone, pod], reach: reachThrough(api) })
  const client = await proxy.client()
  t.equal(String(await received(client)), 'hello')
  const { reason } = await proxy.event('dial-failed')
  t.match(reason, /^shop\/web-1 refuses port \d+ on its own loopback address, where port-forwards arrive$/)
  client.end()
})

t.test('a client sees a reset when the pod resets, and when the API server dies', async t => {
  const api = await Api.start(t)
  const pods: Socket[] = []
  const pod = await endpointThat(t, socket => {
    pods.push(socket)
    socket.write('hello')
  })
  const proxy = await Proxy.start(t, { endpoints: [pod], reach: reachThrough(api) })
  for (const end of [() => pods[0]?.resetAndDestroy(), () => api.kill()]) {
    const client = await proxy.client()
    await once(client, 'data')
    const fate = fateOf(client)
    end()
    t.equal(await fate, 'ECONNRESET')
  }
})

t.test('a client that has closed holds its port-forward for a minute of silence', async t => {
  const api = await Api.start(t)
  const pod = await endpointThat(t, socket => socket.write('hello'))
  const clock = new FakeClock()
  const proxy = await Proxy.start(t, { endpoints: [pod], reach: reachThrough(api, { clock }), clock })
  const client = await proxy.client()
  await once(client, 'data')
  client.destroy()
  await proxy.event('connected')
  const pass = async (span: number): Promise<void> => {
    for (let passed = 0; passed < span; passed += 2) {
      clock.advance(seconds(2))
      await turn()
    }
  }
  await pass(56)
  t.equal(api.open, 1)
  await pass(8)
  t.match(proxy.events.at(-1), { type: 'disconnected', how: 'half-open too long' })
  await api.quiet()
})

setFlagsFromString('--expose-gc')
const collectGarbage: unknown = runInNewContext('gc')

/** What this process has in buffers that somebody still needs. */
const buffered = async (): Promise<number> => {
  if (typeof collectGarbage !== 'function') throw new Error('there is no garbage collection')
  // Buffers go a little later than what knew them.
  for (let time = 0; time < 2; time += 1) {
    Reflect.apply(collectGarbage, undefined, [])
    await turn()
  }
  return process.memoryUsage().arrayBuffers
}

interface Reading {
  readonly digest: string
  /** The most memory that the process had for bytes meanwhile. */
  readonly most: number
}

/** Reads `size` bytes of a socket, no faster than a turn of the loop for each piece, and closes it. */
const readSlowly = async (socket: Socket, size: number): Promise<Reading> => {
  const hash = createHash('sha256')
  const pieces: AsyncIterable<Buffer> = socket
  let [most, left, looked] = [0, size, size]
  for await (const piece of pieces) {
    hash.update(piece)
    left -= piece.length
    if (looked - left > 1 << 24) {
      looked = left
      most = Math.max(most, await buffered())
    }
    if (left <= 0) break
    await turn()
  }
  return { digest: hash.digest('hex'), most }
}

t.test('64 MiB go each way, whole and in order, past readers that are slow', async t => {
  const piece = bytes(1 << 20)
  const pieces = 64
  const whole = createHash('sha256')
  for (let count = 0; count < pieces; count += 1) whole.update(piece)
  const digest = whole.digest('hex')
  const write = async (socket: Socket): Promise<void> => {
    for (let count = 0; count < pieces; count += 1) if (!socket.write(piece)) await once(socket, 'drain')
  }
  const size = pieces * piece.length
  for (const api of [await Api.start(t), await Api.start(t, { certificates })]) {
    const server = (): Promise<ReturnType<typeof wayTo>> =>
      Promise.resolve({ ...wayTo(api.url), tls: { ca: certificates.ca } })
    const told: Promise<Reading>[] = []
    const pod = await endpointThat(t, socket => {
      if (told.length === 0) told.push(readSlowly(socket, size))
      else void write(socket).then(() => socket.end())
    })
    const proxy = await Proxy.start(t, { endpoints: [pod], reach: reachThrough(api, { server }) })
    const before = await buffered()
    const up = await proxy.client()
    await write(up)
    const down = await proxy.client()
    const results = [await told[0], await readSlowly(down, size)]
    for (const result of results) {
      t.equal(result?.digest, digest)
      const needed = (result?.most ?? Infinity) - before
      t.ok(needed < 1 << 23, `${needed} bytes`)
    }
  }
})

t.test('200 clients at once each talk to a pod', async t => {
  const api = await Api.start(t, { certificates })
  const pod = await endpointThat(t, socket => socket.pipe(socket))
  const server = (): Promise<ReturnType<typeof wayTo>> =>
    Promise.resolve({ ...wayTo(api.url), tls: { ca: certificates.ca } })
  const proxy = await Proxy.start(t, { endpoints: [pod], reach: reachThrough(api, { server }) })
  const talk = async (seed: number): Promise<Socket> => {
    const client = await proxy.client()
    const sent = bytes(10_000, seed)
    client.write(sent)
    let got = Buffer.alloc(0)
    while (got.length < sent.length) {
      const more: unknown[] = await once(client, 'data')
      got = Buffer.concat([got, ...more.filter(each => Buffer.isBuffer(each))])
    }
    t.ok(got.equals(sent))
    return client
  }
  const clients = await Promise.all(Array.from({ length: 200 }, (_, seed) => talk(seed + 1)))
  t.equal(api.open, 200)
  for (const client of clients) client.resetAndDestroy()
  await api.quiet()
})

t.test('new clients are served when the API server is back', async t => {
  const first = await Api.start(t)
  const pod = await endpointThat(t, socket => socket.end('hello'))
  const proxy = await Proxy.start(t, { endpoints: [pod], reach: reachThrough(first) })
  t.equal(String(await received(await proxy.client())), 'hello')
  first.kill()
  t.equal(await fateOf(await proxy.client()), 'ECONNRESET')
  await proxy.event('dial-failed')
  await Api.start(t, { number: first.port })
  t.equal(String(await received(await proxy.client())), 'hello')
})
