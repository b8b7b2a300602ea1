import { once } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import { type EventOf, isOf } from '../../examples/demo/portal-process.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import type { Family } from '../../lib/model/ip-address.js'
import { nodeAddress, nodeAddresses } from '../../lib/sandbox/network/addresses.js'
import { run, runAll } from '../capture/commands.js'
import { inNamespace } from '../namespace.js'
import { allHear, at, heardAt, refused, silence, unserved } from './heard.js'
import { portalFailed, whyNot } from './said.js'
import { startStage } from './stage.js'

const tcp = { name: 'tcp', port: 80, targetPort: 8080 }
const udp = { ...tcp, name: 'udp', protocol: 'UDP' }
const ports = [tcp, udp]
const protocols = ['tcp', 'udp'] as const
const families = ['IPv4', 'IPv6'] as const
const dual = { ipFamilyPolicy: 'RequireDualStack', ipFamilies: families }

// Without link-local addresses, which come when they come.
const routes = (): string =>
  ['-4', '-6']
    .map(family => run('ip', family, 'route', 'show', 'table', 'local'))
    .join('')
    .replaceAll(/^.* fe80:.*\n/gm, '')

/** What comes back when it is said over an open connection. */
const echoed = async (socket: Socket, text: string): Promise<string> => {
  const answer = once(socket, 'data')
  socket.write(text)
  return (await answer).join('')
}

const hasWritten =
  (family: Family) =>
  (event: ProxyEvent): event is EventOf<'synced'> =>
    isOf('synced')(event) && event.written.includes(family)

/** Where nothing at all is left of a Service. */
const gone = {
  IPv4: { tcp: unserved, udp: silence },
  IPv6: { tcp: 'ENETUNREACH', udp: silence },
} as const

await inNamespace(import.meta.url, async () => {
  const master = `https://${nodeAddress}:6443`
  const bind = ['--capture', 'bind', '--master', master, '--iptables-sync-period', '500ms']
  const stage = await startStage('nft', { args: bind })
  const { clients } = stage
  const { node, pod, outside } = clients

  t.test(
    'without iptables a Service is served, refused without endpoints, and dead when removed',
    async t => {
      const [web] = await stage.deploy('web')
      stage.expose('web', { ...dual, ports })
      const places = families.map(family => ({ family, there: stage.clusterIp('web', 80, family) }))
      await stage.synced()
      for (const { there } of places)
        for (const protocol of protocols) t.strictSame(await heardAt(clients, there, protocol), allHear(web))
      await stage.scale('web', 0)
      await stage.synced()
      for (const { there } of places)
        for (const protocol of protocols)
          t.strictSame(await heardAt(clients, there, protocol), allHear(refused))
      const [again] = await stage.scale('web', 1)
      await stage.synced()
      for (const { there } of places)
        for (const protocol of protocols)
          t.strictSame(await heardAt(clients, there, protocol), allHear(again))
      stage.remove('services', 'web')
      await stage.synced()
      for (const { family, there } of places)
        for (const protocol of protocols)
          t.strictSame(await heardAt(clients, there, protocol), allHear(gone[family][protocol]))
    },
  )

  t.test(
    'a node port may be the number of its own port, and is at no cluster IP of another Service',
    async t => {
      const [same] = await stage.deploy('same')
      const numbered = ports.map(each => ({ ...each, port: 30_080, nodePort: 30_080 }))
      stage.expose('same', { ...dual, type: 'NodePort', ports: numbered })
      await stage.deploy('other')
      stage.expose('other', { ...dual, ports })
      await stage.synced()
      for (const family of families)
        for (const protocol of protocols) {
          const what = `${family} ${protocol}`
          t.strictSame(
            await heardAt(clients, at(nodeAddresses[family], 30_080), protocol),
            allHear(same),
            what,
          )
          const there = stage.clusterIp('same', 30_080, family)
          t.strictSame(await heardAt(clients, there, protocol), allHear(same), what)
          const others = stage.clusterIp('other', 30_080, family)
          t.strictSame(await heardAt(clients, others, protocol), allHear(refused), what)
        }
      t.equal(await node.tcp(at('127.0.0.1', 30_080)), same)
      t.equal(await node.udp(at('::1', 30_080)), same)
      t.strictSame(stage.portal.events().filter(isOf('portal-failed')), [])
    },
  )

  t.test('where source ranges would have to be kept, nobody is let in, and that is said', async t => {
    const [few] = await stage.deploy('few')
    stage.expose('few', { type: 'LoadBalancer', loadBalancerSourceRanges: ['192.0.2.0/24'] })
    stage.balance('few', { ip: '203.0.113.7' })
    await stage.synced()
    t.match(await portalFailed(stage.portal, 'default/few/TCP'), {
      portal: '203.0.113.7:80',
      reason: /loadBalancerSourceRanges/,
    })
    t.strictSame(await heardAt(clients, at('203.0.113.7', 80)), allHear(unserved))
    t.strictSame(await heardAt(clients, stage.clusterIp('few')), allHear(few))
    stage.change('services', 'few', { spec: { loadBalancerSourceRanges: null } })
    await stage.synced()
    t.strictSame(await heardAt(clients, at('203.0.113.7', 80)), allHear(few))
  })

  t.test('an external IP that is a broadcast address is refused, and nothing else is harmed', async t => {
    runAll('ip address add 192.168.77.2/24 broadcast + dev eth0')
    const from = stage.portal.now()
    await stage.synced()
    const [loud] = await stage.deploy('loud')
    stage.expose('loud', { externalIPs: ['192.168.77.255', '198.51.100.7'] })
    await stage.synced()
    t.match(await portalFailed(stage.portal, 'default/loud/TCP', from), {
      portal: '192.168.77.255:80',
      reason: /broadcast/,
    })
    t.strictSame(await heardAt(clients, at('198.51.100.7', 80)), allHear(loud))
    t.strictSame(await heardAt(clients, stage.clusterIp('loud')), allHear(loud))
    t.strictSame(stage.portal.events(from).filter(isOf('sync-failed')), [])
  })

  t.test('nobody gets the API server’s address, whatever the port', async t => {
    const [api] = await stage.deploy('api')
    stage.expose('api', { externalIPs: [nodeAddress], ports: [{ ...tcp, port: 9083 }] })
    await stage.synced()
    t.match(await whyNot(stage.portal, 'api', { reason: /9083/ }), 'API server')
    t.strictSame(await heardAt(clients, at(nodeAddress, 9083)), allHear(refused))
    t.strictSame(await heardAt(clients, stage.clusterIp('api', 9083)), allHear(api))
  })

  t.test(
    'who is connected to a Service stays so when it is removed, and its address goes after them',
    async t => {
      await stage.deploy('leaving')
      stage.expose('leaving', dual)
      const places = families.map(family => stage.clusterIp('leaving', 80, family))
      await stage.synced()
      const sockets = await Promise.all(
        places.flatMap(there => [node, pod(), outside].map(client => client.connect(there))),
      )
      for (const socket of sockets) t.equal(await echoed(socket, 'before'), 'before')
      stage.remove('services', 'leaving')
      await stage.synced()
      for (const socket of sockets) t.equal(await echoed(socket, 'after'), 'after')
      for (const { address } of places) t.match(routes(), `local ${address} `)
      const from = stage.portal.now()
      for (const socket of sockets) socket.end().resume()
      for (const family of families)
        await stage.portal.event(`its ${family} address to go`, hasWritten(family), from)
      for (const { address } of places) t.notMatch(routes(), `local ${address} `)
    },
  )

  t.test('with --on-endpoint-gone reset, who is connected to a removed Service is cut off', async t => {
    await stage.restart([...bind, '--on-endpoint-gone', 'reset'])
    await stage.deploy('cut')
    stage.expose('cut')
    const there = stage.clusterIp('cut')
    await stage.synced()
    const sockets = await Promise.all([node, pod(), outside].map(client => client.connect(there)))
    for (const socket of sockets) t.equal(await echoed(socket, 'before'), 'before')
    const resets = sockets.map(socket => once(socket, 'error'))
    stage.remove('services', 'cut')
    for (const reset of resets) t.match(await reset, [{ code: 'ECONNRESET' }])
  })

  t.test('a stop lets connections go on until they end, and leaves nothing behind', async t => {
    await stage.restart([...bind, '--drain-timeout', '1m'])
    await stage.deploy('last')
    stage.expose('last', dual)
    const places = families.map(family => stage.clusterIp('last', 80, family))
    await stage.synced()
    const sockets = await Promise.all(
      places.flatMap(there => [node, pod(), outside].map(client => client.connect(there))),
    )
    for (const socket of sockets) t.equal(await echoed(socket, 'before'), 'before')
    const from = stage.portal.now()
    const stopped = stage.portal.stop()
    const isClosed = isOf('closed', 'default/last/TCP')
    await stage.portal.event('its listener to close', isClosed, from)
    for (const socket of sockets) t.equal(await echoed(socket, 'during'), 'during')
    t.strictSame(await heardAt(clients, stage.clusterIp('last')), allHear(refused))
    for (const socket of sockets) socket.end().resume()
    t.equal(await stopped, 0)
    t.match(await stage.portal.event('the end', isOf('stopped'), from), { reset: 0 })
    t.notMatch(routes(), / proto 142\b/)
    for (const { address } of places) t.notMatch(routes(), `local ${address} `)
  })
})
