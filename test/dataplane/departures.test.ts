import { once } from 'node:events'
import t from 'tap'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import type { Terms } from '../../lib/model/terms.js'
import { FakeClock, settled } from '../fake-clock.js'
import { echo, fateOf, howAll, Proxy, received } from './stage.js'

const after = (grace: number): Terms => ({ onEndpointGone: { kind: 'reset', grace: seconds(grace) } })

/** A client of the first of two endpoints. */
const stage = async (t: Parameters<typeof echo>[0], terms: Terms) => {
  const [clock, first, second] = [new FakeClock(), await echo(t), await echo(t)]
  const proxy = await Proxy.start(t, { endpoints: [first, second], clock, terms })
  const client = await proxy.client()
  client.write('hello')
  await once(client, 'data')
  const { endpoint } = await proxy.event('connected')
  const others = [first, second].filter(each => each.port !== endpoint.port)
  const update = (endpoints: readonly Endpoint[], now = terms): void => {
    proxy.picker.replace(endpoints)
    proxy.listener.update({ portals: [], endpoints, terms: now })
  }
  return { clock, proxy, client, endpoint, others, update }
}

t.test('a connection lives on when its endpoint is gone', async t => {
  const { clock, proxy, client, others, update } = await stage(t, {})
  update(others)
  clock.advance(seconds(1000))
  t.equal(String(await received(client.end(' again'))), ' again')
  t.match(await proxy.event('disconnected'), { how: 'ended', sent: 11 })
})

t.test('unless it is to be reset, once the grace is over', async t => {
  const { clock, proxy, client, others, update } = await stage(t, after(30))
  update(others)
  clock.advance(milliseconds(29_999))
  t.strictSame(howAll(proxy), new Set())
  clock.advance(milliseconds(1))
  t.match(await proxy.event('disconnected'), { how: 'endpoint gone' })
  t.equal(await fateOf(client), 'ECONNRESET')
})

t.test('an endpoint that is back in time was never gone', async t => {
  const { clock, proxy, endpoint, others, update } = await stage(t, after(30))
  update(others)
  clock.advance(seconds(20))
  update([...others, endpoint])
  clock.advance(seconds(20))
  update(others)
  clock.advance(seconds(20))
  t.strictSame(howAll(proxy), new Set())
  clock.advance(seconds(10))
  t.match(await proxy.event('disconnected'), { how: 'endpoint gone' })
})

t.test('each endpoint has its own grace, and those that are left keep their connections', async t => {
  const clock = new FakeClock()
  const [first, second, third] = [await echo(t), await echo(t), await echo(t)]
  const proxy = await Proxy.start(t, { endpoints: [first, second, third], clock })
  for (let number = 0; number < 3; number += 1) {
    const client = await proxy.client()
    client.write('hello')
    await once(client, 'data')
  }
  const gone = (): readonly Endpoint[] =>
    proxy.events.flatMap(event => (event.type === 'disconnected' ? [event.endpoint] : []))
  const terms = after(30)
  proxy.listener.update({ portals: [], endpoints: [second, third], terms })
  clock.advance(seconds(10))
  proxy.listener.update({ portals: [], endpoints: [third], terms })
  clock.advance(seconds(20))
  await settled()
  t.strictSame(gone(), [first])
  clock.advance(seconds(10))
  await settled()
  t.strictSame(gone(), [first, second])
})

t.test('a reset that is called off does not come', async t => {
  const { clock, proxy, client, others, update } = await stage(t, after(30))
  update(others)
  update(others, {})
  clock.advance(seconds(1000))
  t.equal(String(await received(client.end(' again'))), ' again')
  t.match(await proxy.event('disconnected'), { how: 'ended' })
})

t.test('connections to other endpoints stay', async t => {
  const { clock, proxy, client, endpoint, update } = await stage(t, after(0))
  update([endpoint])
  clock.advance(seconds(1))
  t.equal(String(await received(client.end(' again'))), ' again')
  t.equal(proxy.connections.count, 0)
})

t.test('new terms count for connections that are open', async t => {
  const { clock, proxy, others, update } = await stage(t, {})
  update(others)
  clock.advance(seconds(10))
  update(others, after(5))
  clock.advance(milliseconds(0))
  t.match(await proxy.event('disconnected'), { how: 'endpoint gone' })
})

t.test('a listener that closes resets nothing: that is what a drain is for', async t => {
  const { clock, proxy, client } = await stage(t, after(0))
  const closed = proxy.close()
  await clock.pass(seconds(2))
  await closed
  t.equal(String(await received(client.end(' again'))), ' again')
  t.match(await proxy.event('disconnected'), { how: 'ended' })
})

t.test('no alarm outlives the last connection that it is for', async t => {
  const { clock, proxy, client, others, update } = await stage(t, after(3600))
  update(others)
  client.resetAndDestroy()
  await proxy.event('disconnected')
  await proxy.connections.ended
  t.equal(clock.alarms, 0)
})
