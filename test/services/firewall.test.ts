import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { familyOf } from '../../lib/model/ip-address.js'
import { nodeAddress, nodeAddresses, outsideAddress } from '../../lib/sandbox/network/addresses.js'
import type { Client } from './client.js'
import { onEachBackend } from './each-backend.js'
import { allHear, at, heard, heardAt, refused, silence } from './heard.js'
import { startStage } from './stage.js'
import { addRules, foreignRules, rulesNow } from './tables.js'

const protocols = ['tcp', 'udp'] as const
const families = ['IPv4', 'IPv6'] as const
const tcp = { name: 'tcp', port: 80, targetPort: 8080 }
const udp = { ...tcp, name: 'udp', protocol: 'UDP' }

/** What Docker and a CNI have made by the time that we come: jumps before, between and behind where ours go. */
const foreign = `*filter
:DOCKER-USER - [0:0]
:DOCKER-FORWARD - [0:0]
:CNI-FORWARD - [0:0]
-A INPUT -p tcp --dport 22 -j ACCEPT
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-FORWARD
-A FORWARD -m comment --comment "CNI firewall plugin rules" -j CNI-FORWARD
-A DOCKER-USER -j RETURN
-A DOCKER-FORWARD -i docker0 -j ACCEPT
-A CNI-FORWARD -d 10.85.0.0/16 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*nat
:DOCKER - [0:0]
:CNI-HOSTPORT-DNAT - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A PREROUTING -m comment --comment "CNI portfwd" -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
-A CNI-HOSTPORT-DNAT -p tcp -m tcp --dport 8085 -j DNAT --to-destination 10.244.0.99:80
COMMIT
`

const foreignIpv6 = `*filter
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
COMMIT
*nat
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
COMMIT
`

/** Nobody may come in but answers, neighbours and this machine itself: what an administrator would write. */
const denying = (neighbours: string): string => `*filter
:INPUT DROP [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT ${neighbours} -j ACCEPT
COMMIT
`

/** Tries again and again to connect, several at a time, until it is closed. Says how often it tried, and got in. */
const hammer = (client: Client, there: Endpoint) => {
  let [tried, connected, over] = [0, 0, false]
  const strike = async (): Promise<void> => {
    while (!over) {
      tried += 1
      const socket = await client.connect(there).catch(() => undefined)
      if (socket) connected += 1
      socket?.destroy()
    }
  }
  const striking = Promise.all(Array.from({ length: 4 }, strike))
  return {
    close: async () => {
      over = true
      await striking
      return { tried, connected }
    },
  }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** The same with datagrams: how many were answered. Takes the socket over. */
const flood = (socket: UdpSocket, there: Endpoint) => {
  let [sent, answered, over] = [0, 0, false]
  socket.on('message', () => (answered += 1)).on('error', () => undefined)
  const flooding = (async () => {
    while (!over) {
      sent += 1
      socket.send('hostname', there.port, there.address, () => undefined)
      // Sending takes no turn of the event loop, and others want theirs.
      await turn()
    }
  })()
  return {
    close: async () => {
      over = true
      await flooding
      // What was let in before the first rule stood would be answered by now.
      await turn()
      socket.close()
      return { tried: sent, connected: answered }
    },
  }
}

const udpSocket = async (type: 'udp4' | 'udp6'): Promise<UdpSocket> => {
  const socket = createSocket(type).bind(0)
  await once(socket, 'listening')
  return socket
}

await onEachBackend(import.meta.url, async backend => {
  await addRules(backend, 'IPv4', foreign)
  await addRules(backend, 'IPv6', foreignIpv6)
  const before = await Promise.all(families.map(family => rulesNow(backend, family)))
  const stage = await startStage(backend, { args: ['--proxy-port-range', '20000-20999'] })
  const { clients, cluster } = stage
  const { node, pod, outside } = clients
  const [web = ''] = await stage.deploy('web')
  await stage.deploy('empty', { replicas: 0 })

  const localPorts = (): readonly number[] =>
    stage.portal
      .events()
      .filter(isOf('listening'))
      .map(({ port }) => port)

  const foreignNow = () => Promise.all(families.map(family => foreignRules(backend, family)))

  t.test('rules of Docker and of a CNI stay exactly where they are, whatever comes and goes', async t => {
    const spec = {
      ipFamilyPolicy: 'PreferDualStack',
      ports: [
        { ...tcp, nodePort: 30080 },
        { ...udp, nodePort: 30080 },
      ],
    }
    t.strictSame(await foreignNow(), before, 'none yet')
    stage.expose('web', { ...spec, type: 'NodePort', externalIPs: ['198.51.100.1'] })
    stage.expose('empty', { ...spec, ports: [tcp, udp] })
    await stage.synced()
    t.strictSame(await foreignNow(), before, 'two')
    stage.change('services', 'web', { spec: { type: 'ClusterIP' } })
    await stage.synced()
    t.strictSame(await foreignNow(), before, 'without node ports')
    stage.change('services', 'web', { spec: { ...spec, type: 'NodePort' } })
    await stage.synced()
    t.strictSame(await foreignNow(), before, 'with node ports again')
    t.ok((await rulesNow(backend, 'IPv4')).some(line => line.includes('KUBE-NODEPORT-CONTAINER')))
  })

  t.test('our jumps come before those of others, node ports behind them', async t => {
    const jumps = (await rulesNow(backend, 'IPv4'))
      .filter(line => /^-A (PREROUTING|INPUT) /.test(line))
      .map(line => `${line.split(' ')[1] ?? ''} ${/-j (\S+)/.exec(line)?.[1] ?? ''}`)
    t.strictSame([...jumps].sort().length, jumps.length)
    t.strictSame(
      jumps.filter(line => line.startsWith('PREROUTING')),
      ['KUBE-PORTALS-CONTAINER', 'DOCKER', 'CNI-HOSTPORT-DNAT', 'KUBE-NODEPORT-CONTAINER'].map(
        name => `PREROUTING ${name}`,
      ),
    )
    t.strictSame(
      jumps.filter(line => line.startsWith('INPUT')),
      ['KUBE-NODEPORT-NON-LOCAL', 'KUBE-PORTAL-REFUSE', 'ACCEPT'].map(name => `INPUT ${name}`),
    )
  })

  t.test('nobody gets to a local port directly, over TCP or UDP', async t => {
    const mine = stage.portal.events().filter(isOf('listening'))
    t.ok(mine.length > 6)
    const places = ['127.0.0.1', nodeAddress, '10.244.0.1', '::1', nodeAddresses.IPv6]
    for (const { servicePort, family, port } of mine) {
      const protocol = servicePort.includes('/UDP') ? 'udp' : 'tcp'
      for (const address of places) {
        const there = at(address, port)
        if (familyOf(there.address) !== family) continue
        t.equal(await node[protocol](there), refused, `node, ${servicePort}, ${address}`)
      }
      const address = nodeAddresses[family]
      t.equal(await pod()[protocol](at(address, port)), refused, `pod, ${servicePort}`)
      t.equal(await outside[protocol](at(address, port)), refused, `outside, ${servicePort}`)
    }
  })

  t.test('not even in the moment in which a local port opens', async t => {
    for (let round = 0; round < 3; round++) {
      const next = Math.max(...localPorts()) + 1
      const name = `moment-${round}`
      const ports = Array.from({ length: 6 }, (_, index) => [
        { ...tcp, name: `tcp-${index}`, port: 80 + index },
        { ...udp, name: `udp-${index}`, port: 80 + index },
      ]).flat()
      // Local ports are given in the order in which the Service has its ports: the first is TCP, the second UDP.
      const [first, second] = [next, next + 1]
      const strikes = [
        hammer(node, at('127.0.0.1', first)),
        hammer(node, at(nodeAddress, first)),
        hammer(pod(), at(nodeAddress, first)),
        hammer(outside, at(nodeAddress, first)),
        flood(await udpSocket('udp4'), at('127.0.0.1', second)),
        flood(await cluster.pods.bind(outsideAddress), at(nodeAddress, second)),
      ]
      stage.expose(name, { selector: { app: 'web' }, ports })
      await stage.synced()
      const results = await Promise.all(strikes.map(strike => strike.close()))
      for (const { tried, connected } of results) {
        t.ok(tried > 10, `${tried} tries`)
        t.equal(connected, 0)
      }
      const opened = stage.portal
        .events()
        .filter(isOf('listening'))
        .filter(({ port }) => port === first || port === second)
      t.strictSame(
        opened.map(({ servicePort }) => servicePort),
        [`default/${name}:tcp-0/TCP`, `default/${name}:udp-0/UDP`],
      )
    }
  })

  t.test('behind a firewall that lets nobody in, everything works, and only that', async t => {
    await addRules(backend, 'IPv4', denying('-p icmp'))
    await addRules(backend, 'IPv6', denying('-p ipv6-icmp'))
    stage.expose('balanced', {
      selector: { app: 'web' },
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      ipFamilyPolicy: 'PreferDualStack',
      healthCheckNodePort: 32100,
      ports: [
        { ...tcp, nodePort: 30081 },
        { ...udp, nodePort: 30081 },
      ],
    })
    stage.change('services', 'balanced', { status: { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } } })
    await stage.synced()
    for (const protocol of protocols) {
      const places: Readonly<Record<string, Endpoint>> = {
        'cluster IP': stage.clusterIp('web'),
        'IPv6 cluster IP': stage.clusterIp('web', 80, 'IPv6'),
        'external IP': at('198.51.100.1', 80),
        'node port': at(nodeAddress, 30080),
        'IPv6 node port': at(nodeAddresses.IPv6, 30080),
        'node port, Local': at(nodeAddress, 30081),
        'load-balancer IP': at('203.0.113.1', 80),
      }
      for (const [where, place] of Object.entries(places))
        t.strictSame(await heardAt(clients, place, protocol), allHear(web), `${where} ${protocol}`)
      for (const family of families)
        t.strictSame(
          await heardAt(clients, stage.clusterIp('empty', 80, family), protocol),
          allHear(refused),
          `${family} ${protocol}, without endpoints`,
        )
    }
    const asked = 'GET /healthz HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n'
    for (const [who, client] of Object.entries({ node, pod: pod(), outside }))
      t.match(await client.tcp(at(nodeAddress, 32100), asked), /^HTTP\/1\.1 200 /, who)
    const [local = 0] = localPorts()
    t.strictSame(
      await heard({
        'a local port': outside.tcp(at(nodeAddress, local)),
        'another port': outside.tcp(at(nodeAddress, 6443)),
        'another port, from a pod': pod().tcp(at(nodeAddress, 6443)),
      }),
      { 'a local port': refused, 'another port': silence, 'another port, from a pod': silence },
    )
  })

  t.test('when it has stopped, only the rules of others are left', async t => {
    const others = await foreignNow()
    await stage.portal.stop()
    t.strictSame(await Promise.all(families.map(family => rulesNow(backend, family))), others)
  })
})
