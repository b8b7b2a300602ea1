import t from 'tap'
import { errorCode } from '../../lib/model/error-text.js'
import { bridgeAddress, nodeAddress } from '../../lib/sandbox/network/addresses.js'
import { onEachBackend } from './each-backend.js'
import { allHear, at, heard, heardAt, refused, unserved } from './heard.js'
import { hostAnswer, takeTcp, takeUdp } from './host-program.js'
import { portalFailed, rulesWith } from './said.js'
import { startStage } from './stage.js'

const loopback = '127.0.0.1'
const nowhere = '0.0.0.0'

/** A port of a Service, TCP 80 to 8080, at a node port. */
const tcp = (nodePort: number) => ({ name: 'tcp', port: 80, targetPort: 8080, nodePort })
const udp = (nodePort: number) => ({ ...tcp(nodePort), name: 'udp', protocol: 'UDP' })
const nodePort = (...ports: readonly ReturnType<typeof tcp>[]) => ({ type: 'NodePort', ports })

/** `well`, or why a program of the host cannot have the port. */
const tryToTake = async (taking: ReturnType<typeof takeTcp>): Promise<string> => {
  try {
    await (await taking).close()
    return 'well'
  } catch (error) {
    return errorCode(error) ?? String(error)
  }
}

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend, { args: ['--iptables-sync-period', '500ms'] })
  const { clients } = stage
  const { node, pod, outside } = clients

  t.test('a node port is met at every address of the node, over TCP and UDP', async t => {
    const [web = ''] = await stage.deploy('web')
    stage.expose('web', nodePort(tcp(30080), udp(30080)))
    await stage.synced()
    for (const protocol of ['tcp', 'udp'] as const) {
      t.strictSame(await heardAt(clients, at(nodeAddress, 30080), protocol), allHear(web), protocol)
      t.strictSame(
        await heard({
          'the bridge, from a pod': pod()[protocol](at(bridgeAddress, 30080)),
          'the bridge, from a pod elsewhere': clients.podElsewhere()[protocol](at(bridgeAddress, 30080)),
          'the bridge, from the node': node[protocol](at(bridgeAddress, 30080)),
          'loopback, from the node': node[protocol](at(loopback, 30080)),
          'another loopback address': node.tcp(at('127.0.0.2', 30080)),
        }),
        {
          'the bridge, from a pod': web,
          'the bridge, from a pod elsewhere': web,
          'the bridge, from the node': web,
          'loopback, from the node': web,
          'another loopback address': web,
        },
        protocol,
      )
    }
  })

  t.test('a node port is not met at the addresses of others', async t => {
    t.equal(await node.tcp(at('10.244.0.250', 30080)), refused)
    t.equal(await pod().tcp(at('172.18.0.1', 30080)), refused)
  })

  t.test('while it is served, no program of the host can have a node port', async t => {
    const places = [nowhere, nodeAddress, bridgeAddress, loopback]
    for (const place of places) {
      t.equal(await tryToTake(takeTcp(at(place, 30080))), 'EADDRINUSE', `TCP, ${place}`)
      t.equal(await tryToTake(takeUdp(at(place, 30080))), 'EADDRINUSE', `UDP, ${place}`)
    }
    stage.change('services', 'web', { spec: { type: 'ClusterIP' } })
    await stage.synced()
    for (const place of places) {
      t.equal(await tryToTake(takeTcp(at(place, 30080))), 'well', `TCP, ${place}`)
      t.equal(await tryToTake(takeUdp(at(place, 30080))), 'well', `UDP, ${place}`)
    }
  })

  t.test('when the node port changes, the new one is served and the old one is dead', async t => {
    const [moved] = await stage.deploy('moved')
    stage.expose('moved', nodePort(tcp(30081), udp(30081)))
    await stage.synced()
    t.strictSame(await heardAt(clients, at(nodeAddress, 30081)), allHear(moved))
    stage.change('services', 'moved', { spec: { ports: [tcp(30082), udp(30082)] } })
    await stage.synced()
    for (const protocol of ['tcp', 'udp'] as const) {
      t.strictSame(await heardAt(clients, at(nodeAddress, 30082), protocol), allHear(moved), protocol)
      t.strictSame(await heardAt(clients, at(nodeAddress, 30081), protocol), allHear(refused), protocol)
    }
  })

  t.test('when port and target port change, the node port leads to the new target', async t => {
    const ports = [{ containerPort: 8081 }, { containerPort: 8082 }]
    const [target] = await stage.deploy('target', { ports })
    stage.expose('target', nodePort({ ...tcp(30083), targetPort: 8081 }))
    await stage.synced()
    const there = at(nodeAddress, 30083)
    t.strictSame(await heardAt(clients, there), allHear(target))
    stage.change('services', 'target', { spec: { ports: [{ ...tcp(30083), port: 81, targetPort: 8082 }] } })
    await stage.synced()
    t.strictSame(await heardAt(clients, there), allHear(target))
    t.equal(await pod().tcp(stage.clusterIp('target', 81)), target)
    t.equal(await pod().tcp(stage.clusterIp('target', 80)), unserved)
    stage.change('services', 'target', { spec: { ports: [{ ...tcp(30083), port: 81, targetPort: 9 }] } })
    await stage.synced()
    t.equal(await outside.tcp(there), 'ECONNRESET')
  })

  t.test('a node port goes from one Service to another', async t => {
    const [first] = await stage.deploy('first')
    const [second] = await stage.deploy('second')
    stage.expose('first', nodePort(tcp(30084), udp(30084)))
    await stage.synced()
    const there = at(nodeAddress, 30084)
    t.strictSame(await heard({ tcp: outside.tcp(there), udp: outside.udp(there) }), {
      tcp: first,
      udp: first,
    })
    stage.remove('services', 'first')
    stage.expose('second', nodePort(tcp(30084), udp(30084)))
    await stage.synced()
    for (const protocol of ['tcp', 'udp'] as const)
      t.strictSame(await heardAt(clients, there, protocol), allHear(second), protocol)
  })

  t.test('TCP and UDP on one number are two node ports, each with its own target', async t => {
    const ports = [{ containerPort: 8081 }, { containerPort: 8082, protocol: 'UDP' } as const]
    const [both] = await stage.deploy('both', { ports })
    const streams = { ...tcp(30085), targetPort: 8081 }
    stage.expose('both', nodePort(streams, { ...udp(30085), targetPort: 8082 }))
    await stage.synced()
    const there = at(nodeAddress, 30085)
    t.strictSame(await heardAt(clients, there), allHear(both))
    t.strictSame(await heardAt(clients, there, 'udp'), allHear(both))
    stage.change('services', 'both', { spec: { ports: [streams] } })
    await stage.synced()
    t.strictSame(await heardAt(clients, there), allHear(both))
    t.strictSame(await heardAt(clients, there, 'udp'), allHear(refused))
  })

  t.test('without endpoints a node port refuses, and serves again when there are some', async t => {
    await stage.deploy('empty', { replicas: 0 })
    stage.expose('empty', nodePort(tcp(30087), udp(30087)))
    await stage.synced()
    const there = at(nodeAddress, 30087)
    for (const protocol of ['tcp', 'udp'] as const) {
      t.strictSame(await heardAt(clients, there, protocol), allHear(refused), protocol)
      t.equal(await node[protocol](at(loopback, 30087)), refused, protocol)
    }
    const [one] = await stage.scale('empty', 1)
    await stage.synced()
    for (const protocol of ['tcp', 'udp'] as const) {
      t.strictSame(await heardAt(clients, there, protocol), allHear(one), protocol)
      t.equal(await node[protocol](at(loopback, 30087)), one, protocol)
    }
    await stage.scale('empty', 0)
    await stage.synced()
    for (const protocol of ['tcp', 'udp'] as const)
      t.strictSame(await heardAt(clients, there, protocol), allHear(refused), protocol)
  })

  t.test(
    'a type that changes takes node port and load-balancer IP with it, and brings them back',
    async t => {
      const [typed] = await stage.deploy('typed')
      stage.expose('typed')
      await stage.synced()
      const places = { nodePort: at(nodeAddress, 30088), balancer: at('203.0.113.8', 80) }
      const hears = async (): Promise<unknown> => ({
        clusterIp: await pod().tcp(stage.clusterIp('typed')),
        ...(await heard({
          nodePort: outside.tcp(places.nodePort),
          balancer: outside.tcp(places.balancer),
        })),
      })
      const dead = { nodePort: refused, balancer: unserved }
      const become = async (spec: Readonly<Record<string, unknown>>): Promise<void> => {
        stage.change('services', 'typed', { spec })
        // The API server takes it away with the type.
        if (spec.type === 'LoadBalancer') stage.balance('typed', { ip: '203.0.113.8' })
        await stage.synced()
      }
      t.strictSame(await hears(), { clusterIp: typed, ...dead })
      await become({ type: 'NodePort', ports: [tcp(30088)] })
      t.strictSame(await hears(), { clusterIp: typed, ...dead, nodePort: typed })
      await become({ type: 'LoadBalancer' })
      t.strictSame(await hears(), { clusterIp: typed, nodePort: typed, balancer: typed })
      await become({ type: 'ClusterIP' })
      t.strictSame(await hears(), { clusterIp: typed, ...dead })
      await become({ type: 'LoadBalancer', ports: [tcp(30088)] })
      t.strictSame(await hears(), { clusterIp: typed, nodePort: typed, balancer: typed })
      await become({ type: 'ExternalName', externalName: 'example.com' })
      t.strictSame(await heard({ a: outside.tcp(places.nodePort), b: outside.tcp(places.balancer) }), {
        a: refused,
        b: unserved,
      })
      await become({ type: 'NodePort', externalName: null, ports: [tcp(30088)] })
      t.strictSame(await hears(), { clusterIp: typed, ...dead, nodePort: typed })
    },
  )

  t.test(
    'a node port that a program of the host has is left to it, said, and served when it lets go',
    async t => {
      const program = await takeTcp(at(nowhere, 30089))
      const [late] = await stage.deploy('late')
      stage.expose('late', nodePort(tcp(30089), { ...tcp(30090), name: 'other', port: 81 }))
      await stage.synced()
      const { portal, reason } = await portalFailed(stage.portal, 'default/late:tcp/TCP')
      t.equal(portal, '*:30089')
      t.match(reason, 'EADDRINUSE')
      t.strictSame(await heardAt(clients, at(nodeAddress, 30089)), allHear(hostAnswer))
      t.strictSame(await heardAt(clients, stage.clusterIp('late')), allHear(late))
      t.strictSame(await heardAt(clients, at(nodeAddress, 30090)), allHear(late))
      const from = stage.portal.now()
      await program.close()
      await rulesWith(stage.portal, '--dport 30089 ', from)
      t.strictSame(await heardAt(clients, at(nodeAddress, 30089)), allHear(late))
      const said = stage.portal.events().filter(event => event.type === 'portal-failed')
      t.equal(said.length, 1)
    },
  )

  t.test('the same for UDP, at one address of the node', async t => {
    const program = await takeUdp(at(nodeAddress, 30091))
    const [late] = await stage.deploy('late-udp')
    stage.expose('late-udp', nodePort(udp(30091)))
    await stage.synced()
    const { portal, reason } = await portalFailed(stage.portal, 'default/late-udp:udp/UDP')
    t.equal(portal, '*:30091')
    t.match(reason, 'EADDRINUSE')
    t.equal(await outside.udp(at(nodeAddress, 30091)), hostAnswer)
    t.strictSame(await heardAt(clients, stage.clusterIp('late-udp'), 'udp'), allHear(late))
    const from = stage.portal.now()
    await program.close()
    await rulesWith(stage.portal, '--dport 30091 ', from)
    t.strictSame(await heardAt(clients, at(nodeAddress, 30091), 'udp'), allHear(late))
  })
})
