import { once } from 'node:events'
import type { Socket } from 'node:net'
import t, { type Test } from 'tap'
import { Pump } from '../../lib/dataplane/pump.js'
import { WaitingClient } from '../../lib/dataplane/waiting-client.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import type { Terms } from '../../lib/model/terms.js'
import { DirectReach } from '../../lib/reach/direct.js'
import type { Dialling, DialOptions, Reach } from '../../lib/reach/reach.js'
import type { ByteStream } from '../../lib/stream/byte-stream.js'
import { FakeClock } from '../fake-clock.js'
import { silentEndpoint } from '../silent-endpoint.js'
import { bytes, echo, endpointThat, fateOf, howAll, Proxy, received } from './stage.js'

/** Enough turns of the loop for what is written to be read, on the other side of loopback, too. */
const turns = async (count = 20): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate)
}

interface Stage {
  readonly clock: FakeClock
  readonly proxy: Proxy
  readonly client: Socket
  /** Lets the dial of the silent endpoint fail, so that `alive` is next. */
  readonly goOn: () => void
}

/** A client for whom a silent endpoint is dialled. */
const waiting = async (scene: Test, alive: Endpoint, terms: Terms = {}): Promise<Stage> => {
  const clock = new FakeClock()
  const proxy = await Proxy.start(scene, { endpoints: [await silentEndpoint(scene), alive], clock, terms })
  const client = await proxy.client()
  await clock.alarm(delay => delay === 250)
  return { clock, proxy, client, goOn: () => clock.advance(milliseconds(250)) }
}

t.test('what a client sends piece by piece while we dial arrives whole', async t => {
  const { client, goOn } = await waiting(t, await echo(t))
  const pieces = [10, 20, 5000, 40_000, 1 << 20].map((size, seed) => bytes(size, seed))
  for (const piece of pieces) {
    client.write(piece)
    await turns()
  }
  const answered = received(client.end())
  goOn()
  t.ok((await answered).equals(Buffer.concat(pieces)))
})

t.test('a client that sends without end while we dial is held back', async t => {
  const { client, goOn } = await waiting(t, await echo(t))
  const much = bytes(1 << 24)
  client.write(much)
  await turns(500)
  t.ok(client.writableLength > 0, 'it was not all read')
  const answered = received(client.end())
  goOn()
  t.ok((await answered).equals(much))
})

const nothing = (): undefined => undefined

/** Where nothing ever comes from, and everything goes to. */
const still: ByteStream = {
  ...{ readTo: nothing, pause: nothing, resume: nothing, end: nothing, reset: nothing },
  unsent: 0,
  write: () => true,
}

t.test('no more than 16 KB are read ahead, however small the pieces', t => {
  const client = new WaitingClient(still, nothing)
  const goesOn = Array.from({ length: 17 }, () => client.read(bytes(1000)))
  t.equal(goesOn.indexOf(false), 16)
  t.equal(client.early.length, 17_000)
  t.end()
})

t.test('as long as an endpoint has not taken what came early, no more is read', t => {
  const calls: string[] = []
  const client = { ...still, pause: () => calls.push('pause'), resume: () => calls.push('resume') }
  const pump = (isTaken: boolean): Pump =>
    new Pump(
      { client, endpoint: { ...still, write: () => isTaken } },
      {
        ...{ now: milliseconds(0), halfOpenTimeout: undefined, header: undefined, idleTimeout: () => 0 },
        ...{ answered: nothing, finished: nothing },
      },
    )
  pump(false).start({ early: bytes(5), hasEnded: false })
  t.strictSame(calls.splice(0), ['pause'])
  pump(true).start({ early: bytes(5), hasEnded: false })
  t.strictSame(calls, ['resume'])
  t.end()
})

t.test('a client that resets behind what it has sent while we dial ends the dial', async t => {
  const { proxy, client } = await waiting(t, await echo(t))
  client.write('hello')
  await turns()
  client.resetAndDestroy()
  t.match(await proxy.event('turned-away'), { reason: 'client left' })
})

t.test('a client that leaves while we dial says nothing about the endpoint', async t => {
  const { proxy, client } = await waiting(t, await echo(t))
  client.resetAndDestroy()
  await proxy.event('turned-away')
  await proxy.connections.ended
  t.strictSame(
    proxy.events.map(({ type }) => type),
    ['turned-away'],
  )
})

t.test('an endpoint that has gone while we dialled it is gone', async t => {
  const terms: Terms = { onEndpointGone: { kind: 'reset', grace: seconds(30) } }
  const { clock, proxy, client, goOn } = await waiting(t, await echo(t), terms)
  proxy.listener.update({ portals: [], endpoints: [], terms })
  goOn()
  await proxy.event('connected')
  clock.advance(seconds(29))
  t.strictSame(howAll(proxy), new Set())
  clock.advance(seconds(1))
  t.match(await proxy.event('disconnected'), { how: 'endpoint gone' })
  t.equal(await fateOf(client), 'ECONNRESET')
})

/** Connects, but only says so when it is let; to give up comes too late for it. */
class LateReach implements Reach {
  readonly schedule = [milliseconds(250)]
  readonly #reach = new DirectReach({ clock: new FakeClock() })
  letGo: () => void = () => undefined
  readonly #gate = new Promise<void>(resolve => (this.letGo = resolve))

  dial(endpoint: Endpoint, options: DialOptions): Dialling {
    const { stream } = this.#reach.dial(endpoint, options)
    return { stream: this.#gate.then(() => stream), giveUp: () => undefined }
  }
}

t.test('a connection that stands just when its client has left is reset', async t => {
  let arrive: (socket: Socket) => void = () => undefined
  const arrival = new Promise<Socket>(resolve => (arrive = resolve))
  const reach = new LateReach()
  const proxy = await Proxy.start(t, { endpoints: [await endpointThat(t, socket => arrive(socket))], reach })
  const client = await proxy.client()
  const endpoint = await arrival
  const fate = fateOf(endpoint)
  client.resetAndDestroy()
  await once(client, 'close')
  await turns()
  reach.letGo()
  t.match(await proxy.event('turned-away'), { reason: 'client left' })
  t.equal(await fate, 'ECONNRESET')
  await proxy.connections.ended
})
