import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { Clock } from '../../lib/model/clock.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { ApiClient } from '../../lib/watch/api-client.js'
import { ApiError } from '../../lib/watch/api-error.js'
import { linesOf, wholeText } from '../../lib/watch/body.js'
import { createCertificates } from '../../lib/sandbox/api/certificates.js'
import { FakeClock } from '../fake-clock.js'
import {
  portOf,
  type Request,
  type Response,
  type Speaks,
  type TinyServer,
  tinyServer,
} from './tiny-server.js'

const certificates = await createCertificates(['localhost', '127.0.0.1'], new Date())
const quiet = seconds(40)
const { signal } = new AbortController()

interface ClientOptions {
  readonly clock?: Clock
  readonly token?: () => string
  readonly path?: string
  readonly refused?: () => boolean
}

const clientFor = (speaks: Speaks, port: number, options: ClientOptions = {}): ApiClient =>
  new ApiClient({
    server: new URL(`${speaks === 'http' ? 'http' : 'https'}://localhost:${port}${options.path ?? ''}`),
    proxied: false,
    credentials: () =>
      Promise.resolve({
        headers: { Authorization: `Bearer ${options.token?.() ?? 'secret'}` },
        tls: { ca: certificates.ca },
        agent: undefined,
      }),
    clock: options.clock ?? new FakeClock(),
    ...(options.refused && { refused: options.refused }),
  })

interface Pair {
  readonly server: TinyServer
  readonly client: ApiClient
}

type Answer = (request: Request, response: Response) => void

/** A server and a client for it, both gone with the test. */
const pair = async (t: Test, speaks: Speaks, more: ClientOptions & { answer: Answer }): Promise<Pair> => {
  const server = await tinyServer(speaks, certificates, more.answer)
  const client = clientFor(speaks, server.port, more)
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  return { server, client }
}

const read = async (client: ApiClient, path = '/api/v1/services'): Promise<string> => {
  const { status, body } = await client.get(path, { signal, quiet })
  return `${status} ${await wholeText(body)}`
}

const first = async (lines: AsyncGenerator<string, void>): Promise<string> => {
  const { value } = await lines.next()
  return String(value)
}

const troubleIn = async (request: Promise<unknown>): Promise<string> => {
  try {
    await request
    return 'none'
  } catch (error) {
    return error instanceof ApiError ? `${error.trouble}: ${error.message}` : `no ApiError: ${String(error)}`
  }
}

/** A way to `port` on which, once frozen, nothing moves any more though it stays open. */
const freezable = async (t: Test, port: number): Promise<{ port: number; freeze: () => void }> => {
  const sockets: Socket[] = []
  const relay = createServer(client => {
    const server = connect(port, '127.0.0.1')
    sockets.push(client, server)
    for (const socket of [client, server]) socket.on('error', () => undefined)
    client.pipe(server).pipe(client)
  }).listen(0, '127.0.0.1')
  await once(relay, 'listening')
  t.teardown(() => {
    relay.close()
    for (const socket of sockets) socket.destroy()
  })
  return {
    port: portOf(relay.address()),
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause()
    },
  }
}

const watchSeconds = { h2: [300, 600], https: [35, 35], http: [35, 35] } as const

for (const speaks of ['h2', 'https', 'http'] as const) {
  t.test(`${speaks}: the answer comes whole, whatever its status`, async t => {
    const { client } = await pair(t, speaks, {
      path: '/clusters/one/',
      answer: ({ url, headers }, response) => {
        response.statusCode = 429
        response.setHeader('Retry-After', '7')
        response.end(`${url} ${headers.authorization} ${headers.accept}`)
      },
    })
    const { status, retryAfter, body } = await client.get('/api/v1/nodes?limit=5', { signal, quiet })
    t.strictSame([status, retryAfter], [429, '7'])
    t.equal(await wholeText(body), '/clusters/one/api/v1/nodes?limit=5 Bearer secret application/json')
    t.strictSame(client.watchSeconds, watchSeconds[speaks])
  })

  t.test(`${speaks}: lines arrive as they are sent`, async t => {
    const send: ((line: string) => void)[] = []
    const { client } = await pair(t, speaks, {
      answer: (_, response) => {
        send.push(line => response.write(line))
        response.write('one\ntw')
      },
    })
    const { body } = await client.get('/watch', { signal, quiet })
    const lines = linesOf(body)
    t.equal(await first(lines), 'one')
    send[0]?.('o\n')
    t.equal(await first(lines), 'two')
    await lines.return()
  })

  t.test(`${speaks}: a connection that is cut is an error, not an end`, async t => {
    const { client, server } = await pair(t, speaks, {
      answer: (_, response) => {
        response.write('one\n')
      },
    })
    const { body } = await client.get('/watch', { signal, quiet })
    const lines = linesOf(body)
    t.equal(await first(lines), 'one')
    server.cut()
    t.match(await troubleIn(lines.next()), /^unreachable: /)
  })

  t.test(`${speaks}: after a cut the next request finds its way`, async t => {
    const { client, server } = await pair(t, speaks, { answer: (_, response) => response.end('well') })
    t.equal(await read(client), '200 well')
    server.cut()
    await new Promise(setImmediate)
    const again = await read(client).catch(() => read(client))
    t.equal(again, '200 well')
  })

  t.test(`${speaks}: each request has the token of its time`, async t => {
    let token = 'old'
    const { client } = await pair(t, speaks, {
      token: () => token,
      answer: ({ headers }, response) => response.end(headers.authorization ?? ''),
    })
    t.equal(await read(client), '200 Bearer old')
    token = 'new'
    t.equal(await read(client), '200 Bearer new')
  })

  t.test(`${speaks}: a server that sends nothing is silent`, async t => {
    const clock = new FakeClock()
    const { client } = await pair(t, speaks, {
      clock,
      answer: (_, response) => {
        response.write('one\n')
      },
    })
    const { body } = await client.get('/watch', { signal, quiet })
    const lines = linesOf(body)
    await first(lines)
    const next = troubleIn(lines.next())
    clock.advance(40_000)
    t.match(await next, /^silent: /)
  })

  t.test(`${speaks}: whoever gives up is left alone`, async t => {
    const abort = new AbortController()
    const { client } = await pair(t, speaks, {
      answer: (_, response) => {
        response.write('one\n')
      },
    })
    const { body } = await client.get('/watch', { signal: abort.signal, quiet })
    const lines = linesOf(body)
    await first(lines)
    const next = troubleIn(lines.next())
    abort.abort()
    t.equal(await next, 'unreachable: given up')
    t.equal(await troubleIn(client.get('/watch', { signal: abort.signal, quiet })), 'unreachable: given up')
  })

  t.test(`${speaks}: nobody there is an error that says so`, async t => {
    const { client, server } = await pair(t, speaks, { answer: () => undefined })
    await server.close()
    t.match(await troubleIn(read(client)), /^unreachable: .*ECONNREFUSED/)
  })
}

t.test('all requests share one HTTP/2 connection', async t => {
  const { client, server } = await pair(t, 'h2', { answer: ({ url }, response) => response.end(url ?? '') })
  t.strictSame(await Promise.all(['/a', '/b', '/c'].map(path => read(client, path))), [
    '200 /a',
    '200 /b',
    '200 /c',
  ])
  t.equal(server.connections(), 1)
})

t.test('a frozen server is noticed by its missing answer to a PING, within 25 s', async t => {
  const { server } = await pair(t, 'h2', {
    answer: (_, response) => {
      response.write('one\n')
    },
  })
  const { port, freeze } = await freezable(t, server.port)
  const clock = new FakeClock()
  const client = clientFor('h2', port, { clock })
  t.teardown(() => {
    client.close()
  })
  const { body } = await client.get('/watch', { signal, quiet: seconds(605) })
  const lines = linesOf(body)
  await first(lines)
  freeze()
  const next = troubleIn(lines.next())
  clock.advance(25_000)
  t.equal(await next, 'silent: the server did not answer a PING within 10 s')
})

t.test('a server that answers PINGs may be quiet for long', async t => {
  const clock = new FakeClock()
  const send: ((line: string) => void)[] = []
  const { client } = await pair(t, 'h2', {
    clock,
    answer: (_, response) => {
      send.push(line => response.write(line))
      response.write('one\n')
    },
  })
  const { body } = await client.get('/watch', { signal, quiet: seconds(605) })
  const lines = linesOf(body)
  await first(lines)
  for (let pings = 0; pings < 10; pings++) {
    clock.advance(15_000)
    await clock.alarm(delay => delay === 15_000)
  }
  send[0]?.('two\n')
  t.equal(await first(lines), 'two')
})

t.test('a server that never finishes its greeting is unreachable after 10 s', async t => {
  const { server } = await pair(t, 'h2', { answer: () => undefined })
  const { port, freeze } = await freezable(t, server.port)
  for (const speaks of ['h2', 'https'] as const) {
    const clock = new FakeClock()
    const client = clientFor(speaks, port, { clock })
    const request = troubleIn(read(client))
    await clock.alarm(delay => delay === 10_000)
    freeze()
    clock.advance(10_000)
    t.equal(await request, 'unreachable: no connection within 10 s')
    client.close()
  }
})

t.test('a client that is closed while it connects has given up', async t => {
  const { server } = await pair(t, 'h2', { answer: () => undefined })
  const { port } = await freezable(t, server.port)
  const clock = new FakeClock()
  const client = clientFor('h2', port, { clock })
  const request = troubleIn(read(client))
  await clock.alarm(delay => delay === 10_000)
  client.close()
  t.equal(await request, 'unreachable: given up')
})

for (const speaks of ['h2', 'http'] as const)
  t.test(`${speaks}: credentials that are not taken are tried once more where there are others`, async t => {
    const asked: (string | undefined)[] = []
    const answer: Answer = ({ headers }, response) => {
      asked.push(headers.authorization)
      response.statusCode = headers.authorization === 'Bearer new' ? 200 : 401
      response.end('that')
    }
    let token = 'old'
    const refused = (): boolean => {
      token = 'new'
      return true
    }
    const { client } = await pair(t, speaks, { answer, token: () => token, refused })
    t.equal(await read(client), '200 that')
    t.strictSame(asked, ['Bearer old', 'Bearer new'])
    const { client: other } = await pair(t, speaks, { answer, token: () => 'bad', refused })
    t.equal(await read(other), '401 that')
    t.equal(asked.length, 4)
  })
