import { constants, createSecureServer, type ServerHttp2Stream } from 'node:http2'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { createCertificates } from '../../lib/sandbox/api/certificates.js'
import { type Milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { ApiClient } from '../../lib/watch/api-client.js'
import { wholeText } from '../../lib/watch/body.js'
import { FakeClock } from '../fake-clock.js'
import { portOf } from '../watch/tiny-server.js'

const certificates = await createCertificates(['127.0.0.1'], new Date())

/** Answers on the connection of this number, counted from 1. */
type Answer = (stream: ServerHttp2Stream, connection: number) => void

interface Pair {
  readonly client: ApiClient
  readonly clock: FakeClock
  readonly get: (quiet?: Milliseconds) => Promise<string>
}

/** A client, and an HTTP/2 server whose answers depend on the connection. Both gone with the test. */
const pair = async (t: Test, answer: Answer): Promise<Pair> => {
  const { certificate: cert, key, ca } = certificates
  const server = createSecureServer({ cert, key })
  let connections = 0
  server.on('session', session => {
    const connection = (connections += 1)
    session.on('error', () => undefined)
    session.on('stream', stream => {
      stream.on('error', () => undefined)
      answer(stream, connection)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const clock = new FakeClock()
  const client = new ApiClient({
    ...{ server: new URL(`https://127.0.0.1:${portOf(server.address())}`), proxied: false, clock },
    credentials: () => Promise.resolve({ headers: {}, tls: { ca }, agent: undefined }),
  })
  const { signal } = new AbortController()
  t.teardown(() => {
    client.close()
    server.close()
  })
  const get = async (quiet = seconds(40)): Promise<string> => {
    const { body } = await client.get('/', { signal, quiet })
    return wholeText(body)
  }
  return { client, clock, get }
}

const says = (stream: ServerHttp2Stream, text: string): void => {
  stream.respond({ ':status': 200 })
  stream.end(text)
}

t.test('a connection on which the server refuses a request is not asked again', async t => {
  const { get } = await pair(t, (stream, connection) => {
    if (connection === 1) stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    else says(stream, `connection ${connection}`)
  })
  await t.rejects(get(), { name: 'ApiError', trouble: 'unreachable' })
  t.equal(await get(), 'connection 2')
  t.equal(await get(), 'connection 2')
})

/** Lets time pass on a connection whose PINGs are answered. */
const quietTime = async (clock: FakeClock, pings: number): Promise<void> => {
  for (let ping = 0; ping < pings; ping++) {
    clock.advance(15_000)
    await clock.alarm(delay => delay === 15_000)
  }
}

t.test('a connection on which a request stays without an answer is not asked again', async t => {
  const { get, clock } = await pair(t, (stream, connection) => {
    if (connection > 1) says(stream, `connection ${connection}`)
  })
  const asked = get()
  await clock.alarm(delay => delay === 40_000)
  await quietTime(clock, 2)
  clock.advance(10_000)
  await t.rejects(asked, { name: 'ApiError', trouble: 'silent' })
  t.equal(await get(), 'connection 2')
})

t.test('a watch that does not even begin is given up after 40 s, though PINGs are answered', async t => {
  const { get, clock } = await pair(t, () => undefined)
  const asked = get(seconds(605))
  await clock.alarm(delay => delay === 40_000)
  await quietTime(clock, 2)
  clock.advance(10_000)
  await t.rejects(asked, { message: 'the server sent nothing for 40 s' })
})
