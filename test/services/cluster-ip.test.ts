import t from 'tap'
import { type EventOf, isOf } from '../../examples/demo/portal-process.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { onEachBackend } from './each-backend.js'
import { endpointsAt } from './slice.js'
import { startStage } from './stage.js'

const udp = { port: 80, targetPort: 8080, protocol: 'UDP' }

/** What a client hears where nobody serves: of the router, which knows no cluster IPs. */
const unserved = 'EHOSTUNREACH'
const refused = 'ECONNREFUSED'

const proxyName = 'service.kubernetes.io/service-proxy-name'
const headless = 'service.kubernetes.io/headless'

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend)
  const { node, pod, outside } = stage.clients

  /** Why kube-portal does not serve a Service, or a part of it, as soon as it says so. */
  const whyNot = async (name: string, from = 0): Promise<string> => {
    const isIt = (event: ProxyEvent): event is EventOf<'skipped'> =>
      isOf('skipped')(event) && event.object === `Service default/${name}`
    return (await stage.portal.event(`why ${name} is not served`, isIt, from)).reason
  }

  t.test('a Service is served when it is added, and no longer when it is removed', async t => {
    const web = await stage.serve('web')
    const there = stage.clusterIp('web')
    for (const client of [node, pod(), outside]) t.equal(await client.tcp(there), web)
    stage.remove('services', 'web')
    await stage.synced()
    for (const client of [node, pod(), outside]) t.equal(await client.tcp(there), unserved)
  })

  t.test('a Service that is made anew at its former address is served again', async t => {
    const [web] = await stage.deploy('anew')
    stage.expose('anew')
    await stage.synced()
    const there = stage.clusterIp('anew')
    stage.remove('services', 'anew')
    stage.expose('anew', { clusterIP: there.address })
    await stage.synced()
    t.strictSame(stage.clusterIp('anew'), there)
    t.strictSame([await node.tcp(there), await pod().tcp(there)], [web, web])
  })

  t.test('when the port of a Service changes, the new one is served and the old one is dead', async t => {
    const [web] = await stage.deploy('moved')
    stage.expose('moved')
    await stage.synced()
    stage.change('services', 'moved', { spec: { ports: [{ port: 81, targetPort: 8080 }] } })
    await stage.synced()
    for (const client of [node, pod()]) {
      t.equal(await client.tcp(stage.clusterIp('moved', 81)), web)
      t.equal(await client.tcp(stage.clusterIp('moved', 80)), unserved)
    }
  })

  t.test('when the target port changes, clients reach the new one', async t => {
    const ports = [{ containerPort: 8081 }, { containerPort: 8082 }]
    const [web] = await stage.deploy('target', { ports })
    stage.expose('target', { ports: [{ port: 80, targetPort: 8081 }] })
    await stage.synced()
    t.equal(await node.tcp(stage.clusterIp('target')), web)
    stage.change('services', 'target', { spec: { ports: [{ port: 80, targetPort: 8082 }] } })
    await stage.synced()
    t.equal(await node.tcp(stage.clusterIp('target')), web)
    stage.change('services', 'target', { spec: { ports: [{ port: 80, targetPort: 8083 }] } })
    await stage.synced()
    t.equal(await node.tcp(stage.clusterIp('target')), 'ECONNRESET')
  })

  t.test('each port of a Service leads to its own target', async t => {
    const ports = [{ containerPort: 8081 }, { containerPort: 8082 }]
    await stage.deploy('two-ports', { ports })
    stage.expose('two-ports', {
      ports: [
        { name: 'open', port: 81, targetPort: 8081 },
        { name: 'shut', port: 82, targetPort: 9 },
      ],
    })
    await stage.synced()
    t.match(await pod().tcp(stage.clusterIp('two-ports', 81)), /^two-ports-/)
    t.equal(await pod().tcp(stage.clusterIp('two-ports', 82)), 'ECONNRESET')
  })

  t.test('TCP and UDP on one number are two ports', async t => {
    const [dns] = await stage.deploy('dns')
    stage.expose('dns', {
      ports: [
        { ...udp, name: 'dns', port: 53 },
        { name: 'dns-tcp', port: 53, targetPort: 8080 },
      ],
    })
    await stage.synced()
    const there = stage.clusterIp('dns', 53)
    for (const client of [node, pod(), outside])
      t.strictSame([await client.tcp(there), await client.udp(there)], [dns, dns])
    const ports = [{ ...udp, name: 'dns', port: 53 }]
    stage.change('services', 'dns', { spec: { ports } })
    await stage.synced()
    t.strictSame([await pod().tcp(there), await pod().udp(there)], [unserved, dns])
  })

  t.test('a named target port is looked up in each pod', async t => {
    const port = (containerPort: number) => [{ name: 'http', containerPort }]
    const here = await stage.deploy('named-here', { app: 'named', ports: port(8081) })
    const there = await stage.deploy('named-there', { app: 'named', ports: port(8082) })
    stage.expose('named', { ports: [{ port: 80, targetPort: 'http' }] })
    await stage.synced()
    t.strictSame([...(await node.inTurn(stage.clusterIp('named'), 2))].sort(), [...here, ...there])
  })

  t.test('a Service without a selector is served by hand-made slices, several if need be', async t => {
    const pods = await stage.deploy('by-hand', { replicas: 3 })
    const endpoints = endpointsAt(stage.addresses('by-hand'))
    stage.expose('by-hand', { selector: null })
    stage.slice({ name: 'by-hand-1', service: 'by-hand', endpoints: endpoints.slice(0, 2) })
    stage.slice({ name: 'by-hand-2', service: 'by-hand', endpoints: endpoints.slice(2) })
    await stage.synced()
    t.strictSame([...(await node.inTurn(stage.clusterIp('by-hand'), 3))].sort(), pods)
  })

  t.test('endpoints that move from one slice to another are served all the while', async t => {
    const there = stage.clusterIp('by-hand')
    const round = await node.inTurn(there, 3)
    const endpoints = endpointsAt(stage.addresses('by-hand'))
    const put = (number: number, some: typeof endpoints): void => {
      stage.slice({ name: `by-hand-${number}`, service: 'by-hand', endpoints: some })
    }
    // As the controllers do it: they are in the new slice before they leave the old one.
    put(2, endpoints)
    put(1, [])
    await stage.synced()
    t.strictSame(await node.inTurn(there, 3), round)
    put(1, endpoints)
    put(2, [])
    await stage.synced()
    t.strictSame(await node.inTurn(there, 3), round)
    stage.remove('endpointslices', 'by-hand-2')
    await stage.synced()
    t.strictSame(await node.inTurn(there, 3), round)
  })

  t.test('hand-made Endpoints count as slices', async t => {
    const [web] = await stage.deploy('endpoints')
    stage.expose('endpoints', { selector: null })
    const [ip = ''] = stage.addresses('endpoints')
    const subsets = [{ addresses: [{ ip }], ports: [{ port: 8080 }] }]
    stage.objects.create('endpoints', { metadata: { name: 'endpoints', namespace: 'default' }, subsets })
    await stage.synced()
    t.equal(await pod().tcp(stage.clusterIp('endpoints')), web)
  })

  t.test('without endpoints TCP and UDP clients are refused, and served when there are some', async t => {
    await stage.deploy('empty', { replicas: 0 })
    stage.expose('empty', {
      ports: [
        { name: 'tcp', port: 80, targetPort: 8080 },
        { ...udp, name: 'udp' },
      ],
    })
    await stage.synced()
    const there = stage.clusterIp('empty')
    for (const [who, client] of Object.entries({ node, pod: pod(), outside })) {
      t.equal(await client.tcp(there), refused, `TCP, ${who}`)
      t.equal(await client.udp(there), refused, `UDP, ${who}`)
    }
    const [web] = await stage.scale('empty', 1)
    await stage.synced()
    for (const client of [node, pod(), outside])
      t.strictSame([await client.tcp(there), await client.udp(there)], [web, web])
    await stage.scale('empty', 0)
    await stage.synced()
    t.strictSame([await pod().tcp(there), await node.udp(there)], [refused, refused])
  })

  t.test('pods that are not ready get no clients, unless the Service publishes them', async t => {
    const [ready] = await stage.deploy('ready', { app: 'readiness' })
    stage.expose('readiness')
    stage.expose('published', { selector: { app: 'readiness' }, publishNotReadyAddresses: true })
    const [unready] = await stage.deployUnready('unready', { app: 'readiness' })
    await stage.synced()
    t.strictSame(await node.inTurn(stage.clusterIp('readiness'), 2), [ready, ready])
    t.strictSame([...(await node.inTurn(stage.clusterIp('published'), 2))].sort(), [ready, unready].sort())
  })

  t.test('pods that are going serve only while there is nobody else', async t => {
    const linger = { 'sandbox.kube-portal.dev/linger': 'true' }
    const [going = ''] = await stage.deploy('going', { annotations: linger })
    stage.expose('going')
    await stage.synced()
    const there = stage.clusterIp('going')
    stage.change('deployments', 'going', { spec: { replicas: 0 } })
    await stage.synced()
    t.equal(await pod().tcp(there), going)
    const [fresh] = await stage.deploy('fresh', { app: 'going' })
    await stage.synced()
    t.strictSame(await pod().inTurn(there, 3), [fresh, fresh, fresh])
    stage.remove('deployments', 'fresh')
    await stage.gone('fresh')
    await stage.synced()
    t.equal(await pod().tcp(there), going)
    stage.change('pods', going, { metadata: { annotations: null } })
    await stage.gone('going')
    await stage.synced()
    t.equal(await pod().tcp(there), refused)
  })

  t.test('a headless Service and one that is only a name are not served, and it is said why', async t => {
    stage.expose('bodiless', { clusterIP: 'None' })
    stage.objects.create('services', {
      metadata: { name: 'elsewhere', namespace: 'default' },
      spec: { type: 'ExternalName', externalName: 'example.com' },
    })
    t.match(await whyNot('bodiless'), /headless/)
    t.match(await whyNot('elsewhere'), /ExternalName/)
  })

  t.test('an SCTP port is not served, the others of its Service are', async t => {
    const [web] = await stage.deploy('sctp')
    stage.expose('sctp', {
      ports: [
        { name: 'sctp', port: 80, targetPort: 8080, protocol: 'SCTP' },
        { name: 'tcp', port: 80, targetPort: 8080 },
      ],
    })
    t.match(await whyNot('sctp'), /SCTP/)
    await stage.synced()
    t.equal(await node.tcp(stage.clusterIp('sctp')), web)
  })

  for (const label of [proxyName, headless])
    t.test(`a label ${label} that comes and goes takes effect, and it is said why`, async t => {
      const name = label === headless ? 'labelled' : 'foreign'
      const [web] = await stage.deploy(name)
      stage.expose(name, {}, { [label]: 'somebody' })
      t.match(await whyNot(name), label)
      await stage.synced()
      const there = stage.clusterIp(name)
      t.equal(await pod().tcp(there), unserved)
      stage.change('services', name, { metadata: { labels: null } })
      await stage.synced()
      t.equal(await pod().tcp(there), web)
      const from = stage.portal.now()
      stage.change('services', name, { metadata: { labels: { [label]: '' } } })
      t.match(await whyNot(name, from), label)
      await stage.synced()
      t.equal(await pod().tcp(there), unserved)
    })

  t.test('whatever type a Service changes to, its cluster IP is served, until it is only a name', async t => {
    const [web] = await stage.deploy('types')
    stage.expose('types')
    await stage.synced()
    const there = stage.clusterIp('types')
    for (const type of ['NodePort', 'LoadBalancer', 'NodePort', 'ClusterIP']) {
      stage.change('services', 'types', { spec: { type } })
      await stage.synced()
      t.equal(await pod().tcp(there), web, type)
    }
    const name = { type: 'ExternalName', externalName: 'example.com' }
    stage.change('services', 'types', { spec: name })
    await stage.synced()
    t.equal(await pod().tcp(there), unserved)
    stage.change('services', 'types', { spec: { type: 'ClusterIP', externalName: null } })
    await stage.synced()
    t.equal(await pod().tcp(stage.clusterIp('types')), web)
  })
})
