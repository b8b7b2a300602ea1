import { once } from 'node:events'
import t from 'tap'
import { type HasOtherSocket, OwnSockets } from '../../lib/dataplane/own-sockets.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { echo, fateOf, Proxy, received } from './stage.js'

const loopback = ipAddress('127.0.0.1')

const alone: HasOtherSocket = () => Promise.resolve(false)

const end = (address: string): Endpoint => ({ address: ipAddress(address), port: port(40_000) })

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
  const ownSockets = new OwnSockets(alone)
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

/** Follows a connection that came back twice. */
const suspect = (ownSockets: OwnSockets): ReturnType<OwnSockets['follow']> => {
  ownSockets.follow(end('10.0.0.9')).opened(end('10.0.0.1'), end('10.1.0.1'))
  ownSockets.follow(end('10.0.0.1')).opened(end('10.0.0.2'), end('10.1.0.2'))
  return ownSockets.follow(end('10.0.0.2'))
}

t.test('a client that has the port of a socket of ours, towards somewhere else, is no loop', async t => {
  const asked: string[] = []
  const client: HasOtherSocket = async (local, peer) => asked.push(`${local.address} ${peer.address}`) > 0
  t.equal(await suspect(new OwnSockets(alone)).isLoop(), true)
  t.equal(await suspect(new OwnSockets(client)).isLoop(), false)
  t.strictSame(asked, ['10.0.0.2 10.1.0.2'])
})

t.test('a connection comes back once: whoever seems to be the same again is somebody else', t => {
  const ownSockets = new OwnSockets(alone)
  t.ok(suspect(ownSockets).isSuspect)
  t.notOk(ownSockets.follow(end('10.0.0.2')).isSuspect)
  t.end()
})

t.test('a socket whose endpoint has answered, or that is closed, leads back to nobody', t => {
  const ownSockets = new OwnSockets(alone)
  const first = ownSockets.follow(end('10.0.0.9'))
  first.opened(end('10.0.0.1'), end('10.1.0.1'))
  first.settled()
  ownSockets.follow(end('10.0.0.1')).opened(end('10.0.0.2'), end('10.1.0.2'))
  t.notOk(ownSockets.follow(end('10.0.0.2')).isSuspect)
  t.end()
})

t.test('a client at another address, with the port of a socket of ours, has not been here before', t => {
  const ownSockets = new OwnSockets(alone)
  ownSockets.follow(end('10.0.0.9')).opened(end('10.0.0.1'), end('10.1.0.1'))
  ownSockets.follow(end('10.0.0.7')).opened(end('10.0.0.2'), end('10.1.0.2'))
  t.notOk(ownSockets.follow(end('10.0.0.2')).isSuspect)
  t.end()
})

t.test('a socket that was given up for another leads back to nobody', t => {
  const ownSockets = new OwnSockets(alone)
  const [local, later] = [end('10.0.0.1'), { ...end('10.0.0.1'), port: port(40_001) }]
  const first = ownSockets.follow(end('10.0.0.9'))
  first.opened(local, end('10.1.0.1'))
  first.opened(later, end('10.1.0.2'))
  const other = ownSockets.follow(local)
  other.opened(end('10.0.0.2'), end('10.1.0.2'))
  t.notOk(ownSockets.follow(end('10.0.0.2')).isSuspect)
  t.end()
})

t.test('a socket that is closed late says nothing about a newer one with its port', t => {
  const ownSockets = new OwnSockets(alone)
  const old = ownSockets.follow(end('10.0.0.9'))
  old.opened(end('10.0.0.1'), end('10.1.0.1'))
  ownSockets.follow(end('10.0.0.8')).opened(end('10.0.0.1'), end('10.1.0.2'))
  old.settled()
  ownSockets.follow(end('10.0.0.1')).opened(end('10.0.0.2'), end('10.1.0.2'))
  t.ok(ownSockets.follow(end('10.0.0.2')).isSuspect)
  t.end()
})

t.test('an endpoint that is a listener of ours is not dialled', async t => {
  const [ours, other] = [{ address: loopback, port: port(1) }, await echo(t)]
  const proxy = await Proxy.start(t, { endpoints: [ours, other], isOurs: each => each === ours })
  t.equal(String(await received((await proxy.client()).end('hello'))), 'hello')
  t.match(await proxy.event('dial-failed'), { endpoint: ours, reason: /listener of kube-portal itself/ })
})
