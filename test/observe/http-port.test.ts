import { EventEmitter, once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { type IncomingMessage, request } from 'node:http'
import t, { type Test } from 'tap'
import { errorCode } from '../../lib/model/error-text.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { type HttpPlace, HttpPort } from '../../lib/observe/http-port.js'
import { FakeClock } from '../fake-clock.js'
import { inNamespace } from '../namespace.js'

const everywhere: HttpPlace = { port: port(10_256) }

/** What is answered, or the code of the error. */
const ask = (path: string, { host = '127.0.0.1', method = 'GET' } = {}): Promise<string> =>
  new Promise(resolve => {
    const answered = async (response: IncomingMessage): Promise<void> => {
      resolve(`${response.statusCode} ${await text(response)}`)
    }
    request({ agent: false, host, method, port: everywhere.port, path }, response => void answered(response))
      .on('error', error => resolve(errorCode(error) ?? String(error)))
      .end()
  })

interface Stage {
  readonly clock: FakeClock
  readonly events: readonly ProxyEvent[]
  readonly health: HttpPort
  /** How often it was told that it is open. */
  readonly opened: () => number
  /** Resolves when the next attempt has failed. */
  readonly tryAgain: () => Promise<void>
  /** Resolves with what is reported after the next attempt. */
  readonly succeed: () => Promise<unknown>
}

const stage = (t: Test, place: HttpPlace): Stage => {
  const clock = new FakeClock()
  const events: ProxyEvent[] = []
  const news = new EventEmitter()
  let count = 0
  const health = new HttpPort({
    ...{ place, clock, purpose: 'health' },
    report: event => {
      events.push(event)
      news.emit('event', event)
    },
    answer: path => ({ status: path === '/healthz' ? 200 : 404, headers: {}, body: path }),
    opened: () => void (count += 1),
  })
  t.teardown(() => health.close())
  const next = (): void => {
    clock.advance(clock.waiting[0] ?? 0)
  }
  const tryAgain = async (): Promise<void> => {
    next()
    await clock.alarm(() => true)
  }
  const succeed = async (): Promise<unknown> => {
    const told = once(news, 'event')
    next()
    return (await told)[0]
  }
  return { clock, events, health, opened: () => count, tryAgain, succeed }
}

const somebody = async (t: Test): Promise<Server> => {
  const server = createServer().listen(everywhere.port)
  await once(server, 'listening')
  t.teardown(() => server.close())
  return server
}

const ended = async (server: Server): Promise<void> => {
  server.close()
  await once(server, 'close')
}

await inNamespace(import.meta.url, () => {
  t.test('it answers by path, whatever is behind a question mark, in both families', async t => {
    const { health, events, opened } = stage(t, everywhere)
    await health.start()
    t.equal(await ask('/healthz?verbose=1'), '200 /healthz')
    t.equal(await ask('/other', { host: '::1' }), '404 /other')
    t.equal(await ask('/healthz', { method: 'HEAD' }), '200 ')
    t.strictSame([events, opened()], [[{ type: 'http-port', purpose: 'health', ...everywhere }], 1])
    t.strictSame(health.open, [everywhere.port])
    await Promise.all([health.close(), health.close()])
    t.equal(await ask('/healthz'), 'ECONNREFUSED')
    t.strictSame(health.open, [])
  })

  t.test('at one address it is only there; a firewall has to let nobody in to loopback', async t => {
    const { health } = stage(t, { ...everywhere, address: ipAddress('127.0.0.2') })
    await health.start()
    t.equal(await ask('/healthz', { host: '127.0.0.2' }), '200 /healthz')
    t.equal(await ask('/healthz'), 'ECONNREFUSED')
    t.strictSame(health.open, [])
  })

  t.test('who takes over from another one has the port 100 ms after that one, and says nothing', async t => {
    const { health, clock, tryAgain, succeed } = stage(t, everywhere)
    const former = await somebody(t)
    await health.start()
    for (let attempt = 0; attempt < 9; attempt += 1) await tryAgain()
    await ended(former)
    t.strictSame(clock.waiting, [100])
    t.strictSame(await succeed(), { type: 'http-port', purpose: 'health', ...everywhere })
    t.equal(await ask('/healthz'), '200 /healthz')
  })

  t.test('a port that another program keeps is said once, and had as soon as it is free', async t => {
    const { health, clock, events, tryAgain, succeed, opened } = stage(t, everywhere)
    const other = await somebody(t)
    await health.start()
    while (events.length === 0) await tryAgain()
    t.ok(clock.now() >= 2000)
    t.match(events[0], { type: 'http-port-failed', purpose: 'health', reason: /EADDRINUSE/, ...everywhere })
    await tryAgain()
    t.equal(events.length, 1)
    t.strictSame(health.open, [], 'no firewall is to let anybody in to somebody else')
    await ended(other)
    t.strictSame(clock.waiting, [5000])
    t.strictSame(await succeed(), { type: 'http-port', purpose: 'health', ...everywhere })
    t.equal(opened(), 1)
  })

  t.test('closed before it could open, it tries no more', async t => {
    const { health, clock } = stage(t, everywhere)
    await somebody(t)
    await health.start()
    await health.close()
    t.strictSame(clock.waiting, [])
  })
})
