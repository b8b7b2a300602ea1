import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import t, { type Test } from 'tap'
import { OwnSockets } from '../../lib/dataplane/own-sockets.js'
import { hasOtherSocket } from '../../lib/host/other-sockets.js'
import { machine } from '../../lib/host/machine.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { run, runAll } from '../capture/commands.js'
import { inNamespace, needing } from '../namespace.js'
import { bytes, echo, endpointThat, fateOf, Proxy, received } from './stage.js'

interface Connection {
  readonly proxy: Proxy
  readonly client: Socket
  readonly endpoint: Socket
  readonly endpointPort: number
}

/** A connection through a proxy, over which both ends have heard the other. */
const connection = async (scene: Test): Promise<Connection> => {
  let arrive: (socket: Socket) => void = () => undefined
  const arrival = new Promise<Socket>(resolve => (arrive = resolve))
  const { address, port } = await endpointThat(scene, socket => arrive(socket))
  const proxy = await Proxy.start(scene, { endpoints: [{ address, port }] })
  const client = await proxy.client()
  // The kernel tells nobody whom it gives up.
  scene.teardown(() => client.destroy())
  const endpoint = await arrival
  client.write('hello')
  await once(endpoint, 'data')
  endpoint.write('hello')
  await once(client, 'data')
  return { proxy, client, endpoint, endpointPort: port }
}

/** Whatever is sent from or to this port no longer arrives, until the test is over. */
const drop = (scene: Test, end: '--sport' | '--dport', number: number): void => {
  const rule = ['INPUT', '-p', 'tcp', end, String(number), '-j', 'DROP']
  run('iptables', '-A', ...rule)
  scene.teardown(() => run('iptables', '-D', ...rule))
}

/** Resolves when `to` has heard all of `words`, each written when the one before has arrived; rejects after 3 s. */
const heard = async (words: readonly string[], from: Socket, to: Socket): Promise<string[]> => {
  const signal = AbortSignal.timeout(3000)
  const all: string[] = []
  for (const word of words) {
    from.write(word)
    all.push(String(await once(to, 'data', { signal })))
  }
  return all
}

interface SamePort {
  /** A client of one service port behind another, whose endpoint says nothing. */
  readonly outer: Socket
  /** That endpoint's socket. */
  readonly arrival: Promise<Socket>
  /** A third service port. */
  readonly other: Proxy
  /** How often a client was suspected. */
  readonly asked: () => number
}

/** What `ss` says of the sockets that `filter` chooses. */
const sockets = (...filter: readonly string[]): string => run('ss', '-Htno', ...filter).trim()

await inNamespace(import.meta.url, async () => {
  const withIptables = await needing('iptables', '-S')
  const withSs = await needing('ss', '-V')

  t.test(
    'small writes go at once to a client that has not yet acknowledged the last',
    withIptables,
    async t => {
      const { proxy, client, endpoint } = await connection(t)
      drop(t, '--dport', proxy.listener.port)
      t.strictSame(await heard(['one', 'two', 'three'], endpoint, client), ['one', 'two', 'three'])
    },
  )

  t.test(
    'small writes go at once to an endpoint that has not yet acknowledged the last',
    withIptables,
    async t => {
      const { client, endpoint, endpointPort } = await connection(t)
      drop(t, '--sport', endpointPort)
      t.strictSame(await heard(['one', 'two', 'three'], client, endpoint), ['one', 'two', 'three'])
    },
  )

  t.test(
    'the kernel asks clients and endpoints that are idle for a minute whether they are there',
    withSs,
    async t => {
      const { proxy, endpointPort } = await connection(t)
      const asksInTime = /^\S+ +0 +0 .* timer:\(keepalive,(1min|5\d(\.\d+)?sec),0\)$/
      t.match(sockets('state', 'all', `sport = ${proxy.listener.port} and dport != 0`), asksInTime)
      t.match(sockets('state', 'all', `dport = ${endpointPort}`), asksInTime)
    },
  )

  t.test('4,096 clients may wait to be accepted, where the system allows so many', withSs, async t => {
    const { listener } = await Proxy.start(t, { endpoints: [] })
    const allowed = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'))
    const [, queue] = sockets('state', 'listening', `sport = ${listener.port}`).split(/ +/)
    t.equal(Number(queue), Math.min(4096, allowed))
  })

  t.test(
    'a client that vanishes with bytes on their way to it is given up, and its endpoint told',
    withIptables,
    async t => {
      const { proxy, endpoint } = await connection(t)
      // Instead of a quarter of an hour.
      writeFileSync('/proc/sys/net/ipv4/tcp_retries2', '1')
      drop(t, '--dport', proxy.listener.port)
      const fate = fateOf(endpoint)
      endpoint.write(bytes(1 << 20))
      t.match(await proxy.event('disconnected'), { how: 'reset by client' })
      t.equal(await fate, 'ECONNRESET')
    },
  )

  t.test(
    'an endpoint that vanishes with bytes on their way to it is given up, and its client told',
    withIptables,
    async t => {
      const { proxy, client, endpointPort } = await connection(t)
      writeFileSync('/proc/sys/net/ipv4/tcp_retries2', '1')
      drop(t, '--sport', endpointPort)
      const fate = fateOf(client)
      client.write(bytes(1 << 20))
      t.match(await proxy.event('disconnected'), { how: 'reset by endpoint' })
      t.equal(await fate, 'ECONNRESET')
    },
  )

  t.test(
    'an address that somebody leads back to our listener is a loop, and broken',
    withIptables,
    async t => {
      runAll(`
      ip link add up0 type veth peer name up1
      ip address add 192.0.2.1/24 dev up0
      ip link set up0 up
      ip link set up1 up
    `)
      const elsewhere: Endpoint = { address: ipAddress('192.0.2.77'), port: port(80) }
      const proxy = await Proxy.start(t, { endpoints: [elsewhere] })
      const local = proxy.listener.port
      runAll(`iptables -t nat -A OUTPUT -p tcp -d 192.0.2.77 --dport 80 -j REDIRECT --to-ports ${local}`)
      t.equal(await fateOf(proxy.connecting()), 'ECONNRESET')
      t.match(await proxy.event('turned-away'), { client: '192.0.2.1', reason: 'loop' })
      await proxy.connections.ended
      t.ok(proxy.events.length < 30, 'nobody goes on trying')
    },
  )

  /** Opens listeners, and then leaves one port to all clients: the connections differ only in where they go. */
  const samePort = async (scene: Test): Promise<SamePort> => {
    let asked = 0
    const ownSockets = new OwnSockets((local, peer) => {
      asked += 1
      return hasOtherSocket(machine, local, peer)
    })
    const through = (endpoint: Endpoint): Promise<Proxy> =>
      Proxy.start(scene, { endpoints: [endpoint], ownSockets })
    let arrive: (socket: Socket) => void = () => undefined
    const arrival = new Promise<Socket>(resolve => (arrive = resolve))
    const endpoint = await endpointThat(scene, socket => arrive(socket))
    const inner = await through(endpoint)
    const outer = await through({ address: endpoint.address, port: inner.listener.port })
    const other = await through(await echo(scene))
    const range = '/proc/sys/net/ipv4/ip_local_port_range'
    const before = readFileSync(range, 'utf8')
    writeFileSync(range, '50000 50000')
    scene.teardown(() => writeFileSync(range, before))
    return { outer: await outer.client(), arrival, other, asked: () => asked }
  }

  t.test('a connection of ours that has the port of one that came back is served', async t => {
    const { arrival, other, asked } = await samePort(t)
    await arrival
    const client = await other.client()
    t.equal(client.localPort, 50_000)
    t.equal(String(await received(client.end('hello'))), 'hello')
    t.equal(asked(), 1)
  })

  t.test('where an endpoint has answered, nobody is taken for a connection that came back', async t => {
    const { outer, arrival, other, asked } = await samePort(t)
    const endpoint = await arrival
    endpoint.write('hello')
    await once(outer, 'data')
    const client = await other.client()
    t.equal(client.localPort, 50_000)
    t.equal(String(await received(client.end('hello'))), 'hello')
    t.equal(asked(), 0)
  })
})
