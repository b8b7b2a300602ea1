import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { nodeAddress } from '../../lib/sandbox/network/addresses.js'
import type { JsonObject } from '../../lib/sandbox/json.js'
import { nodeObject } from '../../lib/sandbox/node-object.js'
import { lingerAnnotation } from '../../lib/sandbox/controllers/kubelet.js'
import type { Client } from './client.js'
import { onEachBackend } from './each-backend.js'
import { allHear, at, heardAt, refused, silence } from './heard.js'
import { startStage } from './stage.js'

const otherNode = 'other-node'
const tcp = { name: 'tcp', port: 80, targetPort: 8080 }
const udp = { ...tcp, name: 'udp', protocol: 'UDP' }
const protocols = ['tcp', 'udp'] as const

/** Who answers `count` connections in turn, each once, sorted. */
const answerers = async (client: Client, there: Endpoint, count: number): Promise<readonly string[]> =>
  [...new Set(await client.inTurn(there, count))].sort()

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend)
  const { clients } = stage
  const { node, pod, podElsewhere, outside } = clients
  const now = new Date().toISOString()
  const families = ['IPv4', 'IPv6'] as const
  stage.objects.create('nodes', nodeObject({ name: otherNode, number: 1, families, now }))

  /** Pods here and on another Node behind one Service. Resolves with their names. */
  const deployBoth = async (
    name: string,
    [here, there]: readonly [number, number],
  ): Promise<readonly [readonly string[], readonly string[]]> => [
    await stage.deploy(`${name}-here`, { app: name, replicas: here }),
    await stage.deploy(`${name}-there`, { app: name, replicas: there, node: otherNode }),
  ]

  const internal: JsonObject = { internalTrafficPolicy: 'Local', ports: [tcp, udp] }
  const external = (nodePort: number, ip: string): JsonObject => ({
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: nodePort + 1000,
    externalIPs: [ip.replace('203.0.113', '198.51.100')],
    ports: [
      { ...tcp, nodePort },
      { ...udp, nodePort },
    ],
  })
  const withIngress = (name: string, ip: string): void => {
    stage.change('services', name, { status: { loadBalancer: { ingress: [{ ip }] } } })
  }

  t.test('under internal Local, clients of the cluster IP get the endpoints of this Node only', async t => {
    const [[here]] = await deployBoth('inside', [1, 2])
    stage.expose('inside', internal)
    await stage.synced()
    const there = stage.clusterIp('inside')
    for (const client of [node, pod(), podElsewhere(), outside])
      t.strictSame(await answerers(client, there, 3), [here])
    t.strictSame(await heardAt(clients, there, 'udp'), allHear(here))
  })

  t.test('when all endpoints are here, internal Local deals them all', async t => {
    const all = await stage.deploy('all-here', { replicas: 3 })
    stage.expose('all-here', internal)
    await stage.synced()
    t.strictSame(await answerers(pod(), stage.clusterIp('all-here'), 3), all)
  })

  t.test(
    'with none here but some elsewhere, clients of internal Local hear nothing; with none at all they are refused',
    async t => {
      await deployBoth('away', [0, 1])
      stage.expose('away', internal)
      await stage.synced()
      const there = stage.clusterIp('away')
      const both = [heardAt(clients, there), heardAt(clients, there, 'udp')]
      t.strictSame(await Promise.all(both), [allHear(silence), allHear(silence)])
      await stage.scale('away-there', 0)
      await stage.synced()
      for (const protocol of protocols)
        t.strictSame(await heardAt(clients, there, protocol), allHear(refused), protocol)
      const [here] = await stage.scale('away-here', 1)
      await stage.synced()
      for (const protocol of protocols)
        t.strictSame(await heardAt(clients, there, protocol), allHear(here), protocol)
    },
  )

  t.test('internal Local says nothing about node ports', async t => {
    const [here, there] = await deployBoth('mixed', [1, 1])
    stage.expose('mixed', {
      ...internal,
      type: 'NodePort',
      ports: [{ ...tcp, nodePort: 30070 }],
    })
    await stage.synced()
    t.strictSame(await answerers(outside, at(nodeAddress, 30070), 2), [...here, ...there].sort())
    t.strictSame(await answerers(pod(), stage.clusterIp('mixed'), 2), here)
  })

  t.test('under external Local, outsiders get the endpoints of this Node, insiders all', async t => {
    const [here, there] = await deployBoth('public', [1, 2])
    const all = [...here, ...there].sort()
    stage.expose('public', external(30071, '203.0.113.1'))
    withIngress('public', '203.0.113.1')
    await stage.synced()
    const places = {
      'node port': at(nodeAddress, 30071),
      'load-balancer IP': at('203.0.113.1', 80),
      'external IP': at('198.51.100.1', 80),
    }
    for (const [where, place] of Object.entries(places)) {
      t.strictSame(await answerers(outside, place, 3), here, `outside, ${where}`)
      t.strictSame(await answerers(podElsewhere(), place, 3), here, `another Node's pod, ${where}`)
      t.strictSame(await answerers(pod(), place, 3), all, `own pod, ${where}`)
      t.strictSame(await answerers(node, place, 3), all, `node, ${where}`)
      t.equal(await outside.udp(place), here[0], `UDP, outside, ${where}`)
      const [first, second, third] = [await pod().udp(place), await pod().udp(place), await pod().udp(place)]
      t.strictSame([first, second, third].sort(), all, `UDP, own pod, ${where}`)
    }
    t.strictSame(await answerers(outside, stage.clusterIp('public'), 3), all, 'cluster IP')
    t.strictSame(await answerers(node, at('127.0.0.1', 30071), 3), all, 'node, 127.0.0.1')
  })

  t.test('with none here, outsiders of external Local hear nothing, and insiders are served', async t => {
    const [, there] = await deployBoth('remote', [0, 1])
    const [remote = ''] = there
    stage.expose('remote', external(30072, '203.0.113.2'))
    withIngress('remote', '203.0.113.2')
    await stage.synced()
    const places = [at(nodeAddress, 30072), at('203.0.113.2', 80), at('198.51.100.2', 80)]
    const each = { node: remote, pod: remote, outside: silence }
    const asked = protocols.flatMap(protocol => places.map(place => heardAt(clients, place, protocol)))
    const elsewhere = podElsewhere().tcp(at(nodeAddress, 30072))
    t.strictSame(
      await Promise.all(asked),
      Array.from(asked, () => each),
    )
    t.equal(await elsewhere, silence)
  })

  t.test('with none at all, everybody is refused under external Local', async t => {
    await stage.scale('remote-there', 0)
    await stage.synced()
    for (const protocol of protocols)
      for (const place of [at(nodeAddress, 30072), at('203.0.113.2', 80), at('198.51.100.2', 80)])
        t.strictSame(
          await heardAt(clients, place, protocol),
          allHear(refused),
          `${place.address} ${protocol}`,
        )
  })

  t.test('when the first endpoint comes here, outsiders are served', async t => {
    const [here] = await stage.scale('remote-here', 1)
    await stage.synced()
    for (const protocol of protocols)
      for (const place of [at(nodeAddress, 30072), at('203.0.113.2', 80)])
        t.strictSame(await heardAt(clients, place, protocol), allHear(here), `${place.address} ${protocol}`)
  })

  t.test('a policy that changes takes effect', async t => {
    const [here, there] = await deployBoth('switched', [1, 1])
    stage.expose('switched', external(30073, '203.0.113.3'))
    await stage.synced()
    const place = at(nodeAddress, 30073)
    t.strictSame(await answerers(outside, place, 2), here)
    const spec = { externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Local' }
    stage.change('services', 'switched', { spec: { ...spec, healthCheckNodePort: null } })
    await stage.synced()
    t.strictSame(await answerers(outside, place, 2), [...here, ...there].sort())
    t.strictSame(await answerers(outside, stage.clusterIp('switched'), 2), here)
    stage.change('services', 'switched', {
      spec: { externalTrafficPolicy: 'Local', internalTrafficPolicy: 'Cluster' },
    })
    await stage.synced()
    t.strictSame(await answerers(outside, place, 2), here)
    t.strictSame(await answerers(outside, stage.clusterIp('switched'), 2), [...here, ...there].sort())
  })

  t.test('whether those that are going serve is decided for Cluster and for Local apart', async t => {
    const linger = { [lingerAnnotation]: 'true' }
    const [going = ''] = await stage.deploy('going-here', { app: 'going', annotations: linger })
    const [other] = await stage.deploy('going-there', { app: 'going', node: otherNode })
    stage.expose('going', external(30074, '203.0.113.4'))
    await stage.synced()
    stage.change('deployments', 'going-here', { spec: { replicas: 0 } })
    await stage.synced()
    const place = at(nodeAddress, 30074)
    t.strictSame(await answerers(outside, place, 3), [going], 'Local: nobody else is here')
    t.strictSame(await answerers(pod(), place, 3), [other], 'Cluster: somebody else is ready')
    const [fresh = ''] = await stage.deploy('going-fresh', { app: 'going' })
    await stage.synced()
    t.strictSame(await answerers(outside, place, 3), [fresh], 'Local: somebody else is ready here')
    stage.remove('deployments', 'going-fresh')
    stage.remove('deployments', 'going-there')
    await stage.gone('going-fresh')
    await stage.gone('going-there')
    await stage.synced()
    t.strictSame(await answerers(pod(), place, 3), [going], 'Cluster: nobody else is there')
    stage.change('pods', going, { metadata: { annotations: null } })
    await stage.gone('going-here')
    await stage.synced()
    t.strictSame(await heardAt(clients, place), allHear(refused))
  })

  t.test('on a machine that is no Node, Local counts as Cluster, which is said once', async t => {
    t.notOk(stage.portal.events().some(isOf('no-node')))
    t.equal(await outside.tcp(at(nodeAddress, 31071)).then(text => text.slice(0, 4)), 'HTTP')
    await stage.restart(['--hostname-override', 'nobody'])
    const told = stage.portal.events().filter(isOf('no-node'))
    t.strictSame(told, [{ type: 'no-node', node: 'nobody' }])
    for (const place of [at(nodeAddress, 30071), at('203.0.113.1', 80)])
      t.equal((await answerers(outside, place, 3)).length, 3)
    t.equal((await answerers(pod(), stage.clusterIp('inside'), 3)).length, 3)
    t.equal(await outside.tcp(at(nodeAddress, 31071)), refused, 'no load balancer is told anything')
    stage.change('nodes', otherNode, { metadata: { labels: { any: 'change' } } })
    await stage.synced()
    t.equal(stage.portal.events().filter(isOf('no-node')).length, 1)
  })

  t.test('a Node that appears is followed', async t => {
    stage.objects.create('nodes', nodeObject({ name: 'nobody', number: 2, families, now }))
    await stage.synced()
    t.equal(await pod().tcp(stage.clusterIp('inside')), silence)
  })
})
