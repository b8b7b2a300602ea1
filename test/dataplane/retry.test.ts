import { once } from 'node:events'
import t from 'tap'
import { RoundRobin } from '../../lib/balancer/round-robin.js'
import { ServicePicker } from '../../lib/balancer/service-picker.js'
import { Sticky } from '../../lib/balancer/sticky.js'
import { endpointText } from '../../lib/model/endpoint.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import type { Dialling, Reach } from '../../lib/reach/reach.js'
import { FakeClock } from '../fake-clock.js'
import { silentEndpoint } from '../silent-endpoint.js'
import { echo, endpointThat, fateOf, nobody, Proxy, received } from './stage.js'

const answer = async (proxy: Proxy): Promise<string> => {
  const client = await proxy.client()
  client.end('hello')
  return String(await received(client))
}

/** Never answers; counts the dials, and those that are not over. */
class SilentReach implements Reach {
  readonly schedule = [250, 500].map(milliseconds)
  dials = 0
  open = 0
  #begin: () => void = () => undefined
  readonly begun = new Promise<void>(resolve => (this.#begin = resolve))

  dial(): Dialling {
    this.dials += 1
    this.open += 1
    this.#begin()
    let giveUp = (): void => undefined
    const stream = new Promise<never>((_resolve, reject) => {
      giveUp = () => {
        this.open -= 1
        reject(new Error('given up'))
      }
    })
    return { stream, giveUp }
  }
}

t.test('an endpoint that refuses is passed over, and the client notices nothing', async t => {
  const [dead, alive] = [await nobody(), await echo(t)]
  const proxy = await Proxy.start(t, { endpoints: [dead, alive] })
  t.equal(await answer(proxy), 'hello')
  await proxy.event('disconnected')
  t.match(proxy.events, [
    {
      type: 'dial-failed',
      connection: 1,
      client: '127.0.0.1',
      endpoint: dead,
      attempt: 1,
      reason: /ECONNREFUSED/,
    },
    { type: 'connected', connection: 1, servicePort: 'shop/cart/TCP', endpoint: alive, attempt: 2 },
    { type: 'disconnected', connection: 1, endpoint: alive, how: 'ended', sent: 5, received: 5 },
  ])
})

t.test('an endpoint that answers no SYN is passed over within 300 ms', async t => {
  const [silent, alive] = [await silentEndpoint(t), await echo(t)]
  const proxy = await Proxy.start(t, { endpoints: [silent, alive] })
  t.equal(await answer(proxy), 'hello')
  t.match(await proxy.event('dial-failed'), { endpoint: silent, attempt: 1 })
  const { attempt, duration } = await proxy.event('connected')
  t.equal(attempt, 2)
  t.ok(duration >= 249 && duration <= 300, `${duration} ms`)
})

t.test('a silent endpoint costs the first client 250 ms, and those after it nothing', async t => {
  const clock = new FakeClock()
  const picker = new ServicePicker({ clock, random: () => 0 })
  const proxy = await Proxy.start(t, { endpoints: [await silentEndpoint(t), await echo(t)], picker, clock })
  const first = answer(proxy)
  await clock.alarm(delay => delay === 250)
  clock.advance(milliseconds(250))
  t.equal(await first, 'hello')
  for (let round = 0; round < 4; round += 1) t.equal(await answer(proxy), 'hello')
  t.equal(proxy.events.filter(({ type }) => type === 'dial-failed').length, 1)
})

t.test('an endpoint that refuses costs the client no more than 5 ms', async t => {
  const durations: number[] = []
  const endpoints = [await nobody(), await echo(t)]
  for (let round = 0; round < 9; round += 1) {
    const proxy = await Proxy.start(t, { endpoints })
    await answer(proxy)
    const { attempt, duration } = await proxy.event('connected')
    t.equal(attempt, 2)
    durations.push(duration)
  }
  const [median = Infinity] = durations.sort((a, b) => a - b).slice(4)
  t.ok(median <= 5, `${median} ms`)
})

t.test('while one client waits for a silent endpoint, others are served', async t => {
  const [silent, alive] = [await silentEndpoint(t), await echo(t)]
  const proxy = await Proxy.start(t, { endpoints: [silent, alive], clock: new FakeClock() })
  await proxy.client()
  t.equal(await answer(proxy), 'hello', 'though time stands still for the first')
  t.match(await proxy.event('disconnected'), { connection: 2, how: 'ended' })
  t.equal(proxy.connections.count, 1)
})

t.test('no endpoint is tried twice while there are untried ones', async t => {
  const dead = await Promise.all([nobody(), nobody(), nobody(), nobody()])
  const proxy = await Proxy.start(t, { endpoints: dead })
  await Promise.all([1, 2, 3, 4, 5].map(() => fateOf(proxy.connecting())))
  for (const connection of [1, 2, 3, 4, 5]) {
    const tried = proxy.events.flatMap(event =>
      event.type === 'dial-failed' && event.connection === connection ? [endpointText(event.endpoint)] : [],
    )
    t.strictSame(tried.sort(), dead.map(endpointText).sort())
  }
})

t.test('when every endpoint fails the client is reset, and every attempt is told', async t => {
  const dead = await nobody()
  const proxy = await Proxy.start(t, { endpoints: [dead] })
  t.equal(await fateOf(proxy.connecting()), 'ECONNRESET')
  await proxy.event('turned-away')
  t.match(proxy.events, [
    ...[1, 2, 3, 4].map(attempt => ({ type: 'dial-failed', endpoint: dead, attempt })),
    { type: 'turned-away', connection: 1, client: '127.0.0.1', reason: 'every endpoint failed' },
  ])
  await proxy.connections.ended
})

t.test('without an endpoint the client is reset', async t => {
  const proxy = await Proxy.start(t, { endpoints: [] })
  t.equal(await fateOf(proxy.connecting()), 'ECONNRESET')
  t.match(proxy.events, [{ type: 'turned-away', reason: 'no endpoint' }])
})

t.test('nothing is tried again once a connection stands', async t => {
  let visits = 0
  const endpoint = await endpointThat(t, socket => {
    visits += 1
    socket.once('data', () => socket.resetAndDestroy())
  })
  const proxy = await Proxy.start(t, { endpoints: [endpoint, endpoint] })
  const client = await proxy.client()
  client.write('order one coffee')
  t.equal(await fateOf(client), 'ECONNRESET')
  await proxy.connections.ended
  t.equal(visits, 1)
})

t.test('a client with affinity stays with the endpoint that answered', async t => {
  const [dead, alive, other] = [await nobody(), await echo(t), await echo(t)]
  const picker = new Sticky(new RoundRobin(() => 0), { clock: new FakeClock(), timeout: seconds(100) })
  const proxy = await Proxy.start(t, { endpoints: [dead, alive, other], picker })
  for (let visit = 0; visit < 3; visit += 1) await answer(proxy)
  await proxy.connections.ended
  t.match(
    proxy.events.filter(({ type }) => type === 'connected'),
    [alive, alive, alive].map(endpoint => ({ endpoint })),
  )
  t.equal(proxy.events.filter(({ type }) => type === 'dial-failed').length, 1)
})

t.test('a client that resets while we dial ends the dial', async t => {
  const reach = new SilentReach()
  const proxy = await Proxy.start(t, { endpoints: [await nobody()], reach })
  const client = await proxy.client()
  await reach.begun
  client.resetAndDestroy()
  t.match(await proxy.event('turned-away'), { reason: 'client left' })
  t.equal(reach.open, 0)
  t.equal(reach.dials, 1)
  await proxy.connections.ended
})

t.test('a client that has sent everything while we dial is served', async t => {
  const [silent, alive] = [await silentEndpoint(t), await echo(t)]
  const clock = new FakeClock()
  const proxy = await Proxy.start(t, { endpoints: [silent, alive], clock })
  const client = await proxy.client()
  client.end('hello')
  await once(client, 'finish')
  const answered = received(client)
  clock.advance(milliseconds(250))
  t.equal(String(await answered), 'hello')
})

t.test('a stop while we dial ends the dial, and the client is reset', async t => {
  const reach = new SilentReach()
  const proxy = await Proxy.start(t, { endpoints: [await nobody()], reach })
  const fate = fateOf(proxy.connecting())
  await reach.begun
  proxy.connections.reset()
  t.match(await proxy.event('turned-away'), { reason: 'stopping' })
  t.equal(await fate, 'ECONNRESET')
  t.equal(reach.open, 0)
})
