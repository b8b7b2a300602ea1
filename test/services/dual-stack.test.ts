import t from 'tap'
import { type EventOf, isOf } from '../../examples/demo/portal-process.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { nodeAddresses } from '../../lib/sandbox/network/addresses.js'
import { onEachBackend } from './each-backend.js'
import { allHear, at, heardAt, refused, silence } from './heard.js'
import { endpointsAt } from './slice.js'
import { startStage } from './stage.js'

const tcp = { name: 'tcp', port: 80, targetPort: 8080 }
const udp = { ...tcp, name: 'udp', protocol: 'UDP' }
const ports = [tcp, udp]
const protocols = ['tcp', 'udp'] as const

/** What is heard where an IPv6 cluster IP is nobody's. */
const unserved = 'ENETUNREACH'

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend)
  const { clients, portal } = stage
  const { node, pod, outside } = clients

  for (const ipFamilies of [
    ['IPv4', 'IPv6'],
    ['IPv6', 'IPv4'],
  ] as const)
    t.test(`a Service of both families, ${ipFamilies[0]} first, is served in both`, async t => {
      const name = `first-${ipFamilies[0].toLowerCase()}`
      const [web] = await stage.deploy(name)
      stage.expose(name, { ipFamilyPolicy: 'RequireDualStack', ipFamilies, ports })
      await stage.synced()
      for (const family of ipFamilies)
        for (const protocol of protocols)
          t.strictSame(
            await heardAt(clients, stage.clusterIp(name, 80, family), protocol),
            allHear(web),
            `${family} ${protocol}`,
          )
    })

  t.test('each family has its own endpoints', async t => {
    const [four] = await stage.deploy('four')
    const [six] = await stage.deploy('six')
    const spec = { ipFamilyPolicy: 'RequireDualStack', selector: null }
    stage.expose('apart', spec)
    stage.slice({ name: 'apart-4', service: 'apart', endpoints: endpointsAt(stage.addresses('four')) })
    await stage.synced()
    const there = { IPv4: stage.clusterIp('apart'), IPv6: stage.clusterIp('apart', 80, 'IPv6') }
    t.strictSame(await heardAt(clients, there.IPv4), allHear(four))
    t.strictSame(await heardAt(clients, there.IPv6), allHear(refused))
    const endpoints = endpointsAt(stage.addresses('six', 'IPv6'))
    stage.slice({ name: 'apart-6', service: 'apart', endpoints, addressType: 'IPv6' })
    await stage.synced()
    t.strictSame(await heardAt(clients, there.IPv4), allHear(four))
    t.strictSame(await heardAt(clients, there.IPv6), allHear(six))
    stage.remove('endpointslices', 'apart-4')
    await stage.synced()
    t.strictSame(await heardAt(clients, there.IPv4), allHear(refused))
    t.strictSame(await heardAt(clients, there.IPv6), allHear(six))
  })

  t.test('a Service of IPv6 alone is served, refused without endpoints, and dead when removed', async t => {
    const [only] = await stage.deploy('only')
    stage.expose('only', { ipFamilies: ['IPv6'], ports })
    await stage.synced()
    const there = stage.clusterIp('only', 80, 'IPv6')
    t.throws(() => stage.clusterIp('only'))
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, there, protocol), allHear(only), protocol)
    await stage.scale('only', 0)
    await stage.synced()
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, there, protocol), allHear(refused), protocol)
    const [again] = await stage.scale('only', 1)
    await stage.synced()
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, there, protocol), allHear(again), protocol)
    stage.remove('services', 'only')
    await stage.synced()
    t.strictSame(await heardAt(clients, there), allHear(unserved))
  })

  t.test('a Service that gets a second family, and loses it, is served accordingly', async t => {
    const [grown] = await stage.deploy('grown')
    stage.expose('grown', { ports })
    await stage.synced()
    stage.change('services', 'grown', { spec: { ipFamilyPolicy: 'PreferDualStack' } })
    await stage.synced()
    const six = stage.clusterIp('grown', 80, 'IPv6')
    t.strictSame(await heardAt(clients, six), allHear(grown))
    const { address } = stage.clusterIp('grown')
    const spec = { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'], clusterIPs: [address] }
    stage.change('services', 'grown', { spec })
    await stage.synced()
    t.strictSame(await heardAt(clients, six), allHear(unserved))
    t.strictSame(await heardAt(clients, stage.clusterIp('grown')), allHear(grown))
  })

  t.test('a node port is met at the node’s IPv6 addresses, [::1] among them', async t => {
    const [door] = await stage.deploy('door')
    stage.expose('door', {
      type: 'NodePort',
      ipFamilyPolicy: 'RequireDualStack',
      ports: [
        { ...tcp, nodePort: 30080 },
        { ...udp, nodePort: 30080 },
      ],
    })
    await stage.synced()
    for (const protocol of protocols) {
      for (const address of Object.values(nodeAddresses))
        t.strictSame(
          await heardAt(clients, at(address, 30080), protocol),
          allHear(door),
          `${address} ${protocol}`,
        )
      t.equal(await node[protocol](at('::1', 30080)), door, `::1 ${protocol}`)
      t.equal(await node[protocol](at('127.0.0.1', 30080)), door, `127.0.0.1 ${protocol}`)
      t.equal(await pod()[protocol](at('fd00:10:244::1', 30080)), door, `the bridge ${protocol}`)
    }
    stage.change('services', 'door', { spec: { type: 'ClusterIP' } })
    await stage.synced()
    for (const protocol of protocols) {
      t.strictSame(
        await heardAt(clients, at(nodeAddresses.IPv6, 30080), protocol),
        allHear(refused),
        protocol,
      )
      t.equal(await node[protocol](at('::1', 30080)), refused, protocol)
    }
  })

  t.test('a node port of one family is not met in the other', async t => {
    const [single] = await stage.deploy('single')
    stage.expose('single', { type: 'NodePort', ports: [{ ...tcp, nodePort: 30081 }] })
    await stage.synced()
    t.strictSame(await heardAt(clients, at(nodeAddresses.IPv4, 30081)), allHear(single))
    t.strictSame(await heardAt(clients, at(nodeAddresses.IPv6, 30081)), allHear(refused))
  })

  t.test('external and load-balancer IPs are served in their own family', async t => {
    const [out] = await stage.deploy('out')
    stage.expose('out', {
      type: 'LoadBalancer',
      ipFamilyPolicy: 'RequireDualStack',
      loadBalancerSourceRanges: ['fd00:172:18::/64'],
      externalIPs: ['198.51.100.1', '2001:db8:1::1'],
      ports,
    })
    const ingress = [{ ip: '203.0.113.1' }, { ip: '2001:db8:2::1' }]
    stage.change('services', 'out', { status: { loadBalancer: { ingress } } })
    await stage.synced()
    for (const protocol of protocols)
      for (const address of ['198.51.100.1', '2001:db8:1::1', '203.0.113.1'])
        t.strictSame(
          await heardAt(clients, at(address, 80), protocol),
          allHear(out),
          `${address} ${protocol}`,
        )
    const balancer = at('2001:db8:2::1', 80)
    t.strictSame(await heardAt(clients, balancer), { node: out, pod: silence, outside: out })
  })

  t.test('affinity keeps clients with their endpoints over IPv6', async t => {
    await stage.deploy('sticky', { replicas: 3 })
    stage.expose('sticky', { ipFamilies: ['IPv6'], sessionAffinity: 'ClientIP' })
    await stage.synced()
    const there = stage.clusterIp('sticky', 80, 'IPv6')
    const theirs: string[] = []
    for (const number of [0, 1, 2]) theirs.push(await pod(number).tcp(there))
    t.equal(new Set(theirs).size, 3)
    for (const [number, name] of theirs.entries())
      t.strictSame(await pod(number).inTurn(there, 3), [name, name, name])
  })

  t.test('an endpoint sees the node’s IPv6 address', async t => {
    const there = stage.clusterIp('sticky', 80, 'IPv6')
    t.equal(await outside.tcp(there, 'clientip'), 'fd00:10:244::1')
  })

  t.test('nobody gets to a local port directly over IPv6', async t => {
    const isIt = (event: ProxyEvent): event is EventOf<'listening'> =>
      isOf('listening')(event) && event.servicePort === 'default/sticky/TCP/IPv6'
    const { port } = await portal.event('the IPv6 listener', isIt)
    for (const address of [nodeAddresses.IPv6, nodeAddresses.IPv4])
      t.strictSame(await heardAt(clients, at(address, port)), allHear(refused), address)
    t.equal(await node.tcp(at('::1', port)), refused)
  })
})
