import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { errorCode } from '../../lib/model/error-text.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import type { HealthCheck } from '../../lib/model/health-check.js'
import { type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { HealthCheckPorts } from '../../lib/observe/health-check-ports.js'
import { inNamespace } from '../namespace.js'

const cart: HealthCheck = { namespace: 'shop', service: 'cart', port: port(32_000), localEndpoints: 2 }
const till: HealthCheck = { namespace: 'shop', service: 'till', port: port(32_001), localEndpoints: 0 }
const loopback = ipAddress('127.0.0.1')

interface Asking {
  readonly host?: string
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly agent?: Agent
}

/** The status and the count that are answered at the port, or the code of the error. */
const ask = ({ port }: HealthCheck, asking: Asking = {}): Promise<string> => {
  const { agent = false, host = loopback, ...rest } = asking
  return new Promise(resolve => {
    const answered = async (response: IncomingMessage): Promise<void> => {
      const [, count = '-'] = /"localEndpoints": (\d+)/.exec(await text(response)) ?? []
      resolve(`${response.statusCode} ${count}`)
    }
    request({ agent, host, port, ...rest }, response => void answered(response))
      .on('error', error => resolve(errorCode(error) ?? String(error)))
      .end()
  })
}

class Stage {
  readonly events: ProxyEvent[] = []
  readonly ports: HealthCheckPorts
  isHealthy = true
  addresses: readonly IpAddress[] | undefined

  constructor(t: Test) {
    this.ports = new HealthCheckPorts({
      isHealthy: () => this.isHealthy,
      report: event => this.events.push(event),
    })
    t.teardown(() => this.ports.close())
  }

  /** What was reported since the last call, in short. */
  get news(): readonly string[] {
    return this.events.splice(0).map(event => {
      if (event.type === 'health-check-port') return `${event.healthCheck.service} ${event.state}`
      return event.type === 'health-check-failed' ? `${event.healthCheck.service} failed` : event.type
    })
  }
}

await inNamespace(import.meta.url, () => {
  t.test('each Service is answered at its port, whatever the path, the method and the family', async t => {
    const { ports, events } = new Stage(t)
    await ports.update([cart, till])
    t.equal(await ask(cart), '200 2')
    t.equal(await ask(cart, { path: '/healthz?verbose', method: 'POST' }), '200 2')
    t.equal(await ask(cart, { method: 'HEAD' }), '200 -')
    t.equal(await ask(cart, { host: '::1' }), '200 2')
    t.equal(await ask(till), '503 0')
    t.strictSame(ports.open, [cart.port, till.port])
    t.match(events, [{ type: 'health-check-port', state: 'open', healthCheck: cart }, { healthCheck: till }])
  })

  t.test('the answer has the length and the headers of kube-proxy’s', async t => {
    const { ports } = new Stage(t)
    await ports.update([cart])
    const socket = connect({ host: loopback, port: cart.port }).end(
      'GET / HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n',
    )
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
    t.strictSame(
      head.split('\r\n').filter(line => !line.startsWith('Date: ')),
      [
        'HTTP/1.1 200 OK',
        'Content-Type: application/json',
        'X-Content-Type-Options: nosniff',
        'X-Load-Balancing-Endpoint-Weight: 2',
        'Connection: close',
        `Content-Length: ${body.length}`,
      ],
    )
  })

  t.test('a change of counts or of health is told over a connection that is open', async t => {
    const stage = new Stage(t)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    t.teardown(() => agent.destroy())
    await stage.ports.update([cart])
    t.equal(await ask(cart, { agent }), '200 2')
    await stage.ports.update([{ ...cart, localEndpoints: 0 }])
    t.equal(await ask(cart, { agent }), '503 0')
    await stage.ports.update([{ ...cart, localEndpoints: 5 }])
    stage.isHealthy = false
    t.equal(await ask(cart, { agent }), '503 5')
    stage.isHealthy = true
    t.equal(await ask(cart, { agent }), '200 5')
    t.strictSame(stage.news, ['cart open'])
  })

  t.test('a Service that is gone is answered no longer, not even over a connection that is open', async t => {
    const stage = new Stage(t)
    await stage.ports.update([cart, till])
    const socket = connect({ host: loopback, port: cart.port })
    await once(socket, 'connect')
    await stage.ports.update([till])
    await once(socket.resume(), 'close')
    t.equal(await ask(cart), 'ECONNREFUSED')
    t.equal(await ask(till), '503 0')
    t.strictSame(stage.ports.open, [till.port])
    t.strictSame(stage.news, ['cart open', 'till open', 'cart closed'])
  })

  t.test('a port that somebody has is said once, harms no other, and is tried again', async t => {
    const stage = new Stage(t)
    const somebody = createServer().listen(cart.port, '0.0.0.0')
    await once(somebody, 'listening')
    for (let update = 0; update < 3; update += 1) await stage.ports.update([cart, till])
    t.match(stage.events[0], { type: 'health-check-failed', healthCheck: cart, reason: /EADDRINUSE/ })
    t.strictSame(stage.news, ['cart failed', 'till open'])
    t.strictSame(stage.ports.open, [till.port], 'no firewall is to let anybody in to somebody else')
    somebody.close()
    await once(somebody, 'close')
    await stage.ports.update([cart, till])
    t.equal(await ask(cart), '200 2')
    t.strictSame(stage.news, ['cart open'])
  })

  t.test('only at the addresses that are wanted, and they may come and go', async t => {
    const stage = new Stage(t)
    const [first, second] = [ipAddress('127.0.0.2'), ipAddress('127.0.0.3')]
    stage.addresses = [first]
    await stage.ports.update([cart], stage.addresses)
    t.equal(await ask(cart, { host: first }), '200 2')
    t.equal(await ask(cart, { host: second }), 'ECONNREFUSED')
    stage.addresses = [second, ipAddress('192.0.2.1')]
    await stage.ports.update([cart], stage.addresses)
    t.equal(await ask(cart, { host: first }), 'ECONNREFUSED')
    t.equal(await ask(cart, { host: second }), '200 2')
    t.match(stage.events.at(-1), {
      type: 'health-check-failed',
      address: '192.0.2.1',
      reason: /EADDRNOTAVAIL/,
    })
    stage.addresses = undefined
    await stage.ports.update([cart], stage.addresses)
    t.equal(await ask(cart, { host: first }), '200 2')
    t.strictSame(stage.news, [
      ...['cart open', 'cart closed', 'cart open', 'cart failed'],
      ...['cart closed', 'cart open'],
    ])
  })

  t.test('nothing is left when it is closed, which it may be twice', async t => {
    const { ports } = new Stage(t)
    const agent = new Agent({ keepAlive: true })
    t.teardown(() => agent.destroy())
    await ports.update([cart])
    t.equal(await ask(cart, { agent }), '200 2')
    await Promise.all([ports.close(), ports.close()])
    t.equal(await ask(cart), 'ECONNREFUSED')
    t.strictSame(ports.open, [])
  })

  t.test('who asks at length is refused', async t => {
    const { ports } = new Stage(t)
    await ports.update([cart])
    t.equal(await ask(cart, { headers: { 'X-Long': 'x'.repeat(5_000) } }), '431 -')
    t.equal(await ask(cart), '200 2')
  })

  t.test('who connects and asks nothing is sent away', async t => {
    const { ports } = new Stage(t)
    await ports.update([cart])
    const socket = connect({ host: loopback, port: cart.port })
    t.match(await text(socket), /^HTTP\/1.1 408 /)
  })

  t.test('a crowd that only comes to stay keeps nobody from being answered', async t => {
    const { ports } = new Stage(t)
    await ports.update([cart])
    const crowd = Array.from({ length: 100 }, () => connect({ host: loopback, port: cart.port }))
    t.teardown(() => {
      for (const socket of crowd) socket.destroy()
    })
    const sentAway = crowd.map(socket => once(socket.resume(), 'close'))
    await Promise.all(sentAway.slice(0, 36))
    t.equal(await ask(cart), '200 2')
    t.equal(crowd.filter(({ closed }) => !closed).length, 63, 'who came last is there')
  })
})
