import { once } from 'node:events'
import t from 'tap'
import { OwnSockets } from '../../lib/dataplane/own-sockets.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { echo, fateOf, Proxy, received } from './stage.js'

const loopback = ipAddress('127.0.0.1')

t.test('a service port whose endpoint is its own listener is broken at the second return', async t => {
  const proxy = await Proxy.start(t, { endpoints: [] })
  proxy.picker.replace([{ address: loopback, port: proxy.listener.port }])
  t.equal(await fateOf(proxy.connecting()), 'ECONNRESET')
  t.match(await proxy.event('turned-away'), { connection: 3, reason: 'loop' })
  await proxy.connections.ended
  // The reset may reach the second before it knows that it is connected: then it tries as often as with any endpoint.
  const refused = proxy.events.filter(({ type }) => type === 'turned-away').length
  t.ok(refused <= 5, `${refused} are turned away`)
})

t.test('one service port may be the endpoint of another', async t => {
  const ownSockets = new OwnSockets()
  const inner = await Proxy.start(t, { endpoints: [await echo(t)], ownSockets })
  const outer = await Proxy.start(t, {
    endpoints: [{ address: loopback, port: inner.listener.port }],
    ownSockets,
  })
  t.equal(String(await received((await outer.client()).end('hello'))), 'hello')
  await Promise.all([inner.connections.ended, outer.connections.ended])
})

t.test('another connection of this process is a client like any', async t => {
  const proxy = await Proxy.start(t, { endpoints: [await echo(t)] })
  for (let round = 0; round < 5; round += 1) {
    const client = await proxy.client()
    client.write('hello')
    t.strictSame(await once(client, 'data'), [Buffer.from('hello')])
  }
  t.equal(proxy.events.filter(({ type }) => type === 'turned-away').length, 0)
})

t.test('a port that was ours and is another’s now means nothing', t => {
  const ownSockets = new OwnSockets()
  const end = { address: '10.0.0.1', port: 40_000 }
  const forget = ownSockets.add(end, 0)
  t.equal(ownSockets.returnsOf(end), 1)
  t.equal(ownSockets.returnsOf({ ...end, address: '10.0.0.2' }), 0)
  forget()
  t.equal(ownSockets.returnsOf(end), 0)
  t.end()
})
