import t from 'tap'
import { OwnFlows } from '../../../lib/dataplane/udp/own-flows.js'
import type { Endpoint } from '../../../lib/model/endpoint.js'
import { echo, Peer, UdpProxy } from './stage.js'

t.test('an endpoint that is a listener of ours is never asked', async t => {
  const live = await echo(t)
  const own: Endpoint[] = []
  const isOurs = ({ port }: Endpoint): boolean => own.some(one => one.port === port)
  const proxy = await UdpProxy.start(t, { endpoints: [], isOurs })
  own.push(proxy.endpoint)
  proxy.serveWith([proxy.endpoint, live.endpoint])
  t.equal(await (await proxy.client(t)).ask('hello'), 'hello')
  t.equal(await (await proxy.client(t)).ask('hello'), 'hello')
  const failed = proxy.all('flow-failed')
  t.match(failed[0], { endpoint: proxy.endpoint, attempt: 1, reason: /listener of kube-portal/ })
  t.ok(proxy.all('flow-began').every(({ endpoint }) => endpoint.port === live.endpoint.port))
})

t.test('a service port whose only endpoint is a listener of ours loses its datagrams', async t => {
  const proxy = await UdpProxy.start(t, { endpoints: [], isOurs: () => true })
  proxy.serveWith([proxy.endpoint])
  const client = await proxy.client(t)
  client.send('hello?')
  t.match(await proxy.event('flow-refused'), { reason: 'every endpoint failed' })
  t.equal(proxy.all('flow-began').length, 0)
})

t.test('a loop that no look at addresses shows is broken when a datagram comes back twice', async t => {
  const proxy = await UdpProxy.start(t, { endpoints: [] })
  proxy.serveWith([proxy.endpoint])
  const client = await proxy.client(t)
  client.send('round and round')
  t.match(await proxy.event('flow-refused'), { reason: 'loop' })
  t.equal(proxy.all('flow-began').length, 2)
})

t.test('one service port may be the endpoint of another', async t => {
  const ownFlows = new OwnFlows()
  const inner = await UdpProxy.start(t, { endpoints: [(await echo(t)).endpoint], ownFlows })
  const outer = await UdpProxy.start(t, { endpoints: [inner.endpoint], ownFlows })
  t.equal(await (await outer.client(t)).ask('hello'), 'hello')
})

t.test('a port that was a flow’s and is a client’s now means nothing', async t => {
  const sink = await Peer.bound(t)
  const ownFlows = new OwnFlows()
  const proxy = await UdpProxy.start(t, { endpoints: [sink.endpoint], ownFlows })
  ;(await proxy.client(t)).send('?')
  const { from } = await sink.next()
  t.equal(ownFlows.returnsOf(from), 1)
  proxy.serveWith([])
  t.equal(ownFlows.returnsOf(from), 0)
})
