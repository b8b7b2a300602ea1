import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import t from 'tap'
import { Budget } from '../../../lib/stream/budget.js'
import { FlowRoom } from '../../../lib/dataplane/udp/flow-room.js'
import { ipAddress, type IpAddress } from '../../../lib/model/ip-address.js'
import { echo, loopback, Peer, type Scene, UdpProxy } from './stage.js'

const second = ipAddress('127.0.0.2')
/** Reserved for documentation: no machine has it. */
const nowhere = ipAddress('192.0.2.77')

const asking = async (scene: Scene, proxy: UdpProxy, address: IpAddress): Promise<Peer> =>
  (await Peer.bound(scene)).connect({ address, port: proxy.listener.port })

t.test('a connected client gets its answer from whichever address it asked', async t => {
  const addresses = (): readonly IpAddress[] => [loopback, second, second]
  const proxy = await UdpProxy.start(t, { endpoints: [(await echo(t)).endpoint], addresses })
  for (const address of addresses()) t.equal(await (await asking(t, proxy, address)).ask('?'), '?')
})

t.test('the same client has a flow for each address that it asks', async t => {
  const proxy = await UdpProxy.start(t, {
    endpoints: [(await echo(t)).endpoint],
    addresses: () => [loopback, second],
  })
  const client = await Peer.bound(t)
  for (const address of [loopback, second]) {
    client.sendTo({ address, port: proxy.listener.port }, '?')
    t.equal((await client.next()).from.address, address)
  }
  t.equal(proxy.all('flow-began').length, 2)
})

t.test('an address that comes is served from the next update on, one that goes no longer', async t => {
  const { endpoint } = await echo(t)
  const descriptors = new Budget(100)
  let addresses = [loopback]
  const proxy = await UdpProxy.start(t, {
    endpoints: [endpoint],
    addresses: () => addresses,
    room: new FlowRoom(descriptors),
  })
  const old = await asking(t, proxy, loopback)
  await old.ask('?')
  addresses = [loopback, second]
  proxy.serveWith([endpoint])
  t.equal(descriptors.left, 97, 'a descriptor for each address and one for the flow')
  t.equal(await (await asking(t, proxy, second)).ask('?'), '?')
  addresses = [second]
  proxy.serveWith([endpoint])
  t.strictSame(proxy.ends, ['closing'])
  t.equal(descriptors.left, 98)
  const free = await Peer.bound(t, proxy.endpoint)
  t.equal(free.endpoint.port, proxy.listener.port, 'the port is free there')
})

t.test('an address that is gone already does no harm, is said once, and tried again', async t => {
  const { endpoint } = await echo(t)
  const proxy = await UdpProxy.start(t, { endpoints: [endpoint], addresses: () => [nowhere, loopback] })
  t.equal(await (await proxy.client(t)).ask('?'), '?')
  proxy.serveWith([endpoint])
  proxy.serveWith([endpoint])
  t.match(proxy.all('listen-failed'), [{ reason: /^192\.0\.2\.77: bind EADDRNOTAVAIL/ }])
  t.equal(proxy.all('listen-failed').length, 1)
  t.equal(proxy.listener.isWhole, false)
})

t.test('a port that somebody has at one address is refused, and nothing stays open', async t => {
  const other = await Peer.bound(t)
  const { port } = other.endpoint
  const descriptors = new Budget(100)
  await t.rejects(
    UdpProxy.start(t, {
      endpoints: [],
      addresses: () => [second, loopback],
      port,
      room: new FlowRoom(descriptors),
    }),
    { code: 'EADDRINUSE' },
  )
  t.equal(descriptors.left, 100)
  const socket = createSocket('udp4').bind(port, second)
  t.teardown(() => socket.close())
  await once(socket, 'listening')
})

t.test('a port that somebody has at a new address is said, and taken when it is free', async t => {
  const { endpoint } = await echo(t)
  let addresses = [second]
  const proxy = await UdpProxy.start(t, { endpoints: [endpoint], addresses: () => addresses })
  const other = await Peer.bound(t, proxy.endpoint)
  addresses = [second, loopback]
  proxy.serveWith([endpoint])
  t.match(proxy.all('listen-failed'), [{ reason: /^127\.0\.0\.1: bind EADDRINUSE/ }])
  other.close()
  proxy.serveWith([endpoint])
  t.equal(await (await proxy.client(t)).ask('?'), '?')
})

t.test('nobody else can bind the port, not even with SO_REUSEADDR', async t => {
  const proxy = await UdpProxy.start(t, { endpoints: [] })
  for (const address of [loopback, '0.0.0.0']) {
    const thief = createSocket({ type: 'udp4', reuseAddr: true })
    t.teardown(() => thief.close())
    const failed = once(thief, 'error')
    thief.bind(proxy.listener.port, address)
    t.match(await failed, [{ code: 'EADDRINUSE' }])
  }
})

t.test('without any address, or any descriptor, there is no listener', async t => {
  await t.rejects(UdpProxy.start(t, { endpoints: [], addresses: () => [] }), /no local address/)
  await t.rejects(UdpProxy.start(t, { endpoints: [], addresses: () => [nowhere] }), { code: 'EADDRNOTAVAIL' })
  await t.rejects(UdpProxy.start(t, { endpoints: [], room: new FlowRoom(new Budget(0)) }), { code: 'EMFILE' })
})

t.test('an address that cannot be had costs no descriptor', async t => {
  const { endpoint } = await echo(t)
  const proxy = await UdpProxy.start(t, { endpoints: [endpoint], addresses: () => [nowhere, loopback] })
  const before = readdirSync('/proc/self/fd').length
  for (let round = 0; round < 5; round += 1) proxy.serveWith([endpoint])
  t.equal(readdirSync('/proc/self/fd').length, before)
})

t.test('IPv6 clients are served, too', async t => {
  const addresses = [ipAddress('::1')]
  const proxy = await UdpProxy.start(t, { endpoints: [(await echo(t)).endpoint], addresses: () => addresses })
  const client = createSocket('udp6')
  t.teardown(() => client.close())
  client.connect(proxy.listener.port, '::1')
  await once(client, 'connect')
  client.send('?')
  t.strictSame((await once(client, 'message'))[0], Buffer.from('?'))
  t.match(proxy.all('flow-began'), [{ client: '::1' }])
})

t.test('a datagram that is too long for its endpoint is lost, and nothing else', async t => {
  const addresses = [ipAddress('::1')]
  const proxy = await UdpProxy.start(t, { endpoints: [(await echo(t)).endpoint], addresses: () => addresses })
  const client = createSocket('udp6')
  t.teardown(() => client.close())
  client.connect(proxy.listener.port, '::1')
  await once(client, 'connect')
  // IPv6 has 20 bytes more for it.
  client.send(Buffer.alloc(65_527))
  client.send('short enough')
  t.strictSame((await once(client, 'message'))[0], Buffer.from('short enough'))
  t.strictSame(proxy.ends, [])
})

t.test('a listener may be closed twice, and then changes nothing any more', async t => {
  const { endpoint } = await echo(t)
  const proxy = await UdpProxy.start(t, { endpoints: [endpoint] })
  await proxy.listener.close()
  await proxy.listener.close()
  proxy.serveWith([endpoint])
  t.equal((await Peer.bound(t, proxy.endpoint)).endpoint.port, proxy.listener.port)
})
