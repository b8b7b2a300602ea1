import t from 'tap'
import { ipAddress, type IpAddress } from '../../../lib/model/ip-address.js'
import { FakeClock } from '../../fake-clock.js'
import { endpointText, type Endpoint } from '../../../lib/model/endpoint.js'
import { RoundRobin } from '../../../lib/balancer/round-robin.js'
import { named, nobody, Peer, UdpProxy } from './stage.js'

/** Deals endpoints in the order they are given in, and notes what is asked of it. */
class InOrder extends RoundRobin {
  readonly forgotten: string[] = []

  constructor() {
    super(() => 0)
  }

  override forget(client?: IpAddress, endpoint?: Endpoint): void {
    if (client && endpoint) this.forgotten.push(endpointText(endpoint))
  }
}

t.test('when its endpoint is removed, the next datagram of a client goes elsewhere', async t => {
  const [one, other] = [await named(t, 'one'), await named(t, 'other')]
  const proxy = await UdpProxy.start(t, { endpoints: [one.endpoint] })
  const client = await proxy.client(t)
  t.equal(await client.ask('1'), 'one 1')
  proxy.serveWith([other.endpoint])
  t.strictSame(proxy.ends, ['endpoint gone'])
  t.equal(await client.ask('2'), 'other 2')
})

t.test('flows to endpoints that stay go on', async t => {
  const [one, other] = [await named(t, 'one'), await named(t, 'other')]
  const proxy = await UdpProxy.start(t, { endpoints: [one.endpoint] })
  const client = await proxy.client(t)
  await client.ask('1')
  proxy.serveWith([one.endpoint])
  proxy.serveWith([{ ...other.endpoint }, { ...one.endpoint }])
  t.equal(await client.ask('2'), 'one 2')
  t.strictSame(proxy.ends, [])
})

t.test('what an endpoint refuses goes to another at once', async t => {
  const dead = await nobody(t)
  const live = await named(t, 'live')
  const picker = new InOrder()
  const proxy = await UdpProxy.start(t, { endpoints: [dead, live.endpoint], picker })
  t.equal(await (await proxy.client(t)).ask('hello?'), 'live hello?')
  t.match(proxy.all('flow-failed'), [{ endpoint: dead, attempt: 1, reason: /ECONNREFUSED/ }])
  t.match(proxy.all('flow-began'), [{ endpoint: dead }, { endpoint: live.endpoint, attempt: 2 }])
  t.strictSame(proxy.ends, ['endpoint refused'])
  t.strictSame(picker.forgotten, [endpointText(dead)])
})

t.test('all of a burst goes to another, in order', async t => {
  const live = await named(t, 'live')
  const dead = await Promise.all([nobody(t), nobody(t), nobody(t)])
  const proxy = await UdpProxy.start(t, { endpoints: [...dead, live.endpoint] })
  for (let number = 0; number < 4; number += 1) {
    const client = await proxy.client(t)
    const burst = ['A', 'AAAA', 'MX', 'TXT']
    for (const question of burst) client.send(question)
    for (const question of burst) t.equal((await client.next()).text, `live ${question}`)
  }
})

t.test('four endpoints at most are asked, none twice, and the client is told nothing', async t => {
  const dead = await Promise.all(Array.from({ length: 6 }, () => nobody(t)))
  const proxy = await UdpProxy.start(t, { endpoints: dead })
  const client = await proxy.client(t)
  client.send('hello?')
  t.match(await proxy.event('flow-refused'), {
    reason: 'every endpoint failed',
    client: '127.0.0.1',
    clientPort: client.endpoint.port,
  })
  const asked = proxy.all('flow-failed').map(({ endpoint }) => endpointText(endpoint))
  t.equal(new Set(asked).size, 4)
  t.strictSame(
    proxy.all('flow-failed').map(({ attempt }) => attempt),
    [1, 2, 3, 4],
  )
  t.equal(proxy.room.total, 0)
})

t.test('the only endpoint is asked once a datagram while it refuses, and serves when it is back', async t => {
  const dead = await nobody(t)
  const proxy = await UdpProxy.start(t, { endpoints: [dead] })
  const client = await proxy.client(t)
  for (const round of [1, 2, 3]) {
    client.send('hello?')
    await proxy.event('flow-refused', round)
    t.equal(proxy.all('flow-failed').length, round)
  }
  const back = await Peer.bound(t, dead)
  back.each((_, from) => back.sendTo(from, 'I am back'))
  t.equal(await client.ask('hello?'), 'I am back')
})

t.test('an endpoint that dies after it has answered is left with the next datagrams', async t => {
  const [one, other] = [await named(t, 'one'), await named(t, 'other')]
  const proxy = await UdpProxy.start(t, { endpoints: [one.endpoint, other.endpoint] })
  const clients = [await proxy.client(t), await proxy.client(t)]
  const answers = await Promise.all(clients.map(client => client.ask('?')))
  const client = clients[answers.indexOf('one ?')]
  one.close()
  client?.send('lost')
  t.match(await proxy.event('flow-failed'), { endpoint: one.endpoint, attempt: 1 })
  client?.send('next')
  t.equal((await client?.next())?.text, 'other next')
})

t.test('a client that does not wait for answers notices, too', async t => {
  const [one, other] = [await named(t, 'one'), await named(t, 'other')]
  const proxy = await UdpProxy.start(t, { endpoints: [one.endpoint, other.endpoint] })
  const clients = [await proxy.client(t), await proxy.client(t)]
  const answers = await Promise.all(clients.map(client => client.ask('?')))
  const client = clients[answers.indexOf('one ?')]
  one.close()
  for (let number = 0; number < 10; number += 1) client?.send(`burst ${number}`)
  await proxy.event('flow-ended')
  client?.send('after')
  while ((await client?.next())?.text !== 'other after');
  t.strictSame(new Set(proxy.ends), new Set(['endpoint refused']))
})

t.test('what was sent long before a refusal is not sent again', async t => {
  const clock = new FakeClock()
  const sink = await Peer.bound(t)
  const other = await named(t, 'other')
  const proxy = await UdpProxy.start(t, { endpoints: [sink.endpoint], clock })
  const client = await proxy.client(t)
  client.send('taken')
  t.equal((await sink.next()).text, 'taken')
  sink.close()
  proxy.picker.replace([sink.endpoint, other.endpoint])
  clock.advance(5000)
  client.send('refused')
  t.equal((await client.next()).text, 'other refused')
})

t.test('an endpoint to which there is no way is left for another', async t => {
  const live = await named(t, 'live')
  // The kernel lets nobody connect to it who has not asked for leave (SO_BROADCAST).
  const unreachable = {
    ...live.endpoint,
    address: ipAddress('255.255.255.255'),
  }
  const proxy = await UdpProxy.start(t, { endpoints: [unreachable, live.endpoint] })
  for (let number = 0; number < 2; number += 1)
    t.equal(await (await proxy.client(t)).ask('hello?'), 'live hello?')
  t.match(proxy.all('flow-failed'), [{ endpoint: unreachable, reason: /connect EACCES/ }])
})

t.test('without endpoints datagrams are lost, and served again when there are some', async t => {
  const proxy = await UdpProxy.start(t, { endpoints: [] })
  const client = await proxy.client(t)
  client.send('hello?')
  t.match(await proxy.event('flow-refused'), { reason: 'no endpoint' })
  const live = await named(t, 'live')
  proxy.serveWith([live.endpoint])
  t.equal(await client.ask('hello?'), 'live hello?')
})
