import t from 'tap'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { onEachBackend } from './each-backend.js'
import { endpointsAt } from './slice.js'
import { startStage } from './stage.js'

const different = (names: readonly string[]): number => new Set(names).size

/** How often each name was answered. */
const counts = (names: readonly string[]): readonly number[] =>
  [...new Set(names)].map(name => names.filter(other => other === name).length)

const sticky = { sessionAffinity: 'ClientIP' }

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend)
  const { node, pod, outside } = stage.clients

  /** Whom each of `count` client pods gets, asking once each. */
  const eachOf = async (there: Endpoint, count: number): Promise<readonly string[]> => {
    const names: string[] = []
    for (let number = 0; number < count; number++) names.push(await pod(number).tcp(there))
    return names
  }

  t.test('one endpoint gets every client', async t => {
    const [only] = await stage.deploy('one')
    stage.expose('one')
    await stage.synced()
    for (const client of [node, pod(), outside]) t.equal(await client.tcp(stage.clusterIp('one')), only)
  })

  t.test('several endpoints are dealt in strict rotation, whoever asks', async t => {
    const pods = await stage.deploy('several', { replicas: 3 })
    stage.expose('several')
    await stage.synced()
    const there = stage.clusterIp('several')
    const first = await node.inTurn(there, 3)
    t.strictSame([...first].sort(), pods)
    t.strictSame(await pod().inTurn(there, 3), first)
    t.strictSame(await outside.inTurn(there, 3), first)
  })

  t.test('many clients at one time are dealt fairly', async t => {
    const there = stage.clusterIp('several')
    const names = await Promise.all(Array.from({ length: 50 }, (_, number) => pod(number).tcp(there)))
    t.strictSame([...counts(names)].sort(), [16, 17, 17])
  })

  t.test('each UDP socket is a client of its own, and they are dealt in rotation, too', async t => {
    const pods = await stage.deploy('datagrams', { replicas: 2 })
    stage.expose('datagrams', { ports: [{ port: 80, targetPort: 8080, protocol: 'UDP' }] })
    await stage.synced()
    const there = stage.clusterIp('datagrams')
    const first = [await pod().udp(there), await node.udp(there)]
    t.strictSame([...first].sort(), pods)
    t.strictSame([await pod().udp(there), await node.udp(there)], first)
  })

  t.test('each port of a Service has its own rotation', async t => {
    await stage.deploy('ports', { replicas: 3 })
    stage.expose('ports', {
      ports: [
        { name: 'one', port: 81, targetPort: 8080 },
        { name: 'two', port: 82, targetPort: 8080 },
      ],
    })
    await stage.synced()
    const [one, two] = [stage.clusterIp('ports', 81), stage.clusterIp('ports', 82)]
    const firstOfOne = await node.inTurn(one, 3)
    const firstOfTwo = await node.inTurn(two, 3)
    const mixed: string[] = []
    for (let turn = 0; turn < 3; turn++) mixed.push(await node.tcp(one), await node.tcp(two))
    t.strictSame(
      mixed.filter((_, index) => index % 2 === 0),
      firstOfOne,
    )
    t.strictSame(
      mixed.filter((_, index) => index % 2 === 1),
      firstOfTwo,
    )
  })

  t.test('an equal set of endpoints, however it is written, goes on where the rotation was', async t => {
    await stage.deploy('equal', { replicas: 3 })
    stage.expose('equal', { selector: null })
    const addresses = stage.addresses('equal')
    stage.slice({ name: 'equal', service: 'equal', endpoints: endpointsAt(addresses) })
    await stage.synced()
    const there = stage.clusterIp('equal')
    const round = await node.inTurn(there, 3)
    const [first] = await node.inTurn(there, 1)
    stage.slice({ name: 'equal', service: 'equal', endpoints: endpointsAt(addresses.toReversed()) })
    await stage.synced()
    t.strictSame([first, ...(await node.inTurn(there, 2))], round)
  })

  t.test('a new set of endpoints starts a new round, in which each has its turn', async t => {
    await stage.deploy('grown', { replicas: 2 })
    stage.expose('grown')
    await stage.synced()
    const there = stage.clusterIp('grown')
    await node.inTurn(there, 1)
    const more = await stage.scale('grown', 4)
    await stage.synced()
    t.strictSame([...(await node.inTurn(there, 4))].sort(), more)
    const fewer = await stage.scale('grown', 3)
    await stage.synced()
    t.strictSame([...(await node.inTurn(there, 3))].sort(), fewer)
  })

  t.test('a Service that loses its endpoints leaves the rotation of others where it was', async t => {
    await stage.deploy('bystander', { replicas: 3 })
    stage.expose('bystander')
    await stage.synced()
    const there = stage.clusterIp('bystander')
    const round = await node.inTurn(there, 3)
    const [first] = await node.inTurn(there, 1)
    await stage.scale('grown', 0)
    await stage.synced()
    t.strictSame([first, ...(await node.inTurn(there, 2))], round)
  })

  t.test('with affinity a client keeps its endpoint, and others get theirs in turn', async t => {
    await stage.deploy('sticky', { replicas: 3 })
    stage.expose('sticky', sticky)
    await stage.synced()
    const there = stage.clusterIp('sticky')
    const theirs = await eachOf(there, 3)
    t.equal(different(theirs), 3)
    for (let round = 0; round < 3; round++) t.strictSame(await eachOf(there, 3), theirs)
    t.equal(different(await node.inTurn(there, 4)), 1)
    t.equal(different(await outside.inTurn(there, 4)), 1)
  })

  t.test('an endpoint that is added leaves clients where they are', async t => {
    const there = stage.clusterIp('sticky')
    const theirs = await eachOf(there, 3)
    await stage.scale('sticky', 5)
    await stage.synced()
    t.strictSame(await eachOf(there, 3), theirs)
  })

  t.test('an endpoint that is removed moves its own clients, and only those', async t => {
    const pods = await stage.deploy('shrinking', { replicas: 3 })
    stage.expose('shrinking', { ...sticky, selector: null })
    const addresses = stage.addresses('shrinking')
    const endpoints = endpointsAt(addresses)
    stage.slice({ name: 'shrinking', service: 'shrinking', endpoints })
    await stage.synced()
    const there = stage.clusterIp('shrinking')
    const theirs = await eachOf(there, 6)
    stage.slice({ name: 'shrinking', service: 'shrinking', endpoints: endpoints.slice(1) })
    await stage.synced()
    const [gone] = pods
    const now = await eachOf(there, 6)
    for (const [number, before] of theirs.entries())
      if (before === gone) t.not(now[number], gone)
      else t.equal(now[number], before)
    t.strictSame(await eachOf(there, 6), now)
    t.equal(theirs.filter(name => name === gone).length, 2)
  })

  t.test('a client whose endpoint fails gets another one, unnoticed, and stays with that', async t => {
    const pods = await stage.deploy('failing', { replicas: 3 })
    stage.expose('failing', { ...sticky, selector: null })
    const endpoints = endpointsAt(stage.addresses('failing'))
    // No controller looks after this slice, so it goes on naming a pod that is gone.
    stage.slice({ name: 'failing', service: 'failing', endpoints })
    await stage.synced()
    const there = stage.clusterIp('failing')
    const theirs = await eachOf(there, 3)
    const [mine = ''] = theirs
    await stage.endPod(mine)
    const next = await pod(0).tcp(there)
    t.ok(pods.includes(next) && next !== mine, next)
    t.strictSame(await pod(0).inTurn(there, 3), [next, next, next])
    t.strictSame(await pod(1).tcp(there), theirs[1])
  })

  t.test('affinity is the same whether the Service or its endpoints came first', async t => {
    await stage.deploy('early', { replicas: 2 })
    const endpoints = endpointsAt(stage.addresses('early'))
    stage.slice({ name: 'early', service: 'early', endpoints })
    await stage.synced()
    stage.expose('early', { ...sticky, selector: null })
    await stage.synced()
    stage.expose('late', { ...sticky, selector: null })
    await stage.synced()
    stage.slice({ name: 'late', service: 'late', endpoints })
    await stage.synced()
    for (const name of ['early', 'late']) {
      const theirs = await eachOf(stage.clusterIp(name), 2)
      t.equal(different(theirs), 2, name)
      t.strictSame(await eachOf(stage.clusterIp(name), 2), theirs, name)
    }
  })

  t.test('affinity that is switched on or off takes effect', async t => {
    await stage.deploy('switched', { replicas: 2 })
    stage.expose('switched')
    await stage.synced()
    const there = stage.clusterIp('switched')
    t.equal(different(await pod().inTurn(there, 2)), 2)
    stage.change('services', 'switched', { spec: sticky })
    await stage.synced()
    t.equal(different(await pod().inTurn(there, 4)), 1)
    stage.change('services', 'switched', { spec: { sessionAffinity: 'None' } })
    await stage.synced()
    t.equal(different(await pod().inTurn(there, 2)), 2)
  })

  t.test('a timeout that is changed leaves clients with their endpoints', async t => {
    const there = stage.clusterIp('sticky')
    const theirs = await eachOf(there, 3)
    const clientIP = { timeoutSeconds: 600 }
    stage.change('services', 'sticky', { spec: { sessionAffinityConfig: { clientIP } } })
    await stage.synced()
    t.strictSame(await eachOf(there, 3), theirs)
  })

  t.test('the ports of a Service keep their clients apart', async t => {
    await stage.deploy('apart', { replicas: 2 })
    stage.expose('apart', {
      ...sticky,
      ports: [
        { name: 'one', port: 81, targetPort: 8080 },
        { name: 'two', port: 82, targetPort: 8080 },
      ],
    })
    await stage.synced()
    const [one, two] = [stage.clusterIp('apart', 81), stage.clusterIp('apart', 82)]
    const mine = await pod(0).tcp(one)
    // Until the turn of the second port is not at the endpoint that the first one gave.
    if ((await pod(1).tcp(two)) !== mine) t.equal(await pod(2).tcp(two), mine)
    const across = await pod(0).tcp(two)
    t.not(across, mine)
    t.strictSame(await pod(0).inTurn(one, 3), [mine, mine, mine])
    t.strictSame(await pod(0).inTurn(two, 3), [across, across, across])
  })
})
