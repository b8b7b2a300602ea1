import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { machine } from '../../lib/host/machine.js'
import { nodeAddress } from '../../lib/sandbox/network/addresses.js'
import { kubePortal } from '../cli/command.js'
import { exchange } from '../cli/stage.js'
import { inNamespace } from '../namespace.js'
import { allHear, at, heardAt } from '../services/heard.js'
import { takeTcp } from '../services/host-program.js'
import { startStage } from '../services/stage.js'
import { udpClient } from '../udp-client.js'
import { isAlive, reload } from './reload.js'
import { rulesNow } from '../services/tables.js'

/** A UDP endpoint on the node itself, which says which port it was asked from. */
const whoAsks = async (t: Test, port: number): Promise<void> => {
  const socket = createSocket('udp4')
  socket.on('message', (_, from) => socket.send(String(from.port), from.port, from.address))
  socket.bind(port, nodeAddress)
  await once(socket, 'listening')
  t.teardown(() => socket.close())
}

const configuration = '/run/sandbox/config.yaml'

/** A file for kube-proxy with this in it. */
const written = (more: string): string =>
  `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n${more}`

// One backend is enough: no rule changes. The long trial is with both.
await inNamespace(import.meta.url, async () => {
  await machine.writeFile(configuration, written(''))
  const stage = await startStage('nft', { args: ['--config', configuration] })
  const { clients } = stage
  const { node, outside } = clients
  const [web] = await stage.deploy('web')
  stage.expose('web', { type: 'NodePort', ports: [{ port: 80, targetPort: 8080 }] })
  await stage.synced()
  const there = stage.clusterIp('web')

  t.test('after SIGHUP a new process serves who comes, and no rule was written', async t => {
    const open = await node.connect(there)
    const from = await reload(stage)
    t.strictSame(await heardAt(clients, there), allHear(web))
    t.equal(String(await exchange(open, 'hostname')).trim(), web, 'who was there goes on')
    t.strictSame(stage.portal.events(from).filter(isOf('rules-written')), [])
  })

  t.test('what changes afterwards is so', async t => {
    stage.expose('later', { selector: { app: 'web' } })
    await stage.synced()
    t.strictSame(await heardAt(clients, stage.clusterIp('later')), allHear(web))
  })

  t.test('a UDP client keeps its endpoint, which still sees the same port', async t => {
    const ports = [{ protocol: 'UDP', port: 53 }]
    for (const number of [9001, 9002, 9003, 9004]) await whoAsks(t, number)
    stage.expose('ask', { selector: null, ports })
    for (const number of [9001, 9002, 9003, 9004])
      stage.slice({
        ...{ name: `ask-${number}`, service: 'ask', endpoints: [{ addresses: [nodeAddress] }] },
        ports: [{ protocol: 'UDP', port: number }],
      })
    await stage.synced()
    const { address: host, port } = stage.clusterIp('ask', 53)
    const asking = await Promise.all([1, 2, 3, 4, 5, 6].map(() => udpClient({ host, port })))
    t.teardown(() => asking.forEach(client => client.close()))
    const before = await Promise.all(asking.map(client => client.ask()))
    t.notOk(before.includes('SILENCE'))
    await reload(stage)
    t.strictSame(await Promise.all(asking.map(client => client.ask())), before)
    await reload(stage)
    t.strictSame(await Promise.all(asking.map(client => client.ask())), before, 'twice')
  })

  t.test('UDP clients are answered all the time', async t => {
    stage.expose('echo', {
      selector: { app: 'web' },
      ports: [{ protocol: 'UDP', port: 53, targetPort: 8080 }],
    })
    await stage.synced()
    const { address: host, port } = stage.clusterIp('echo', 53)
    const client = await udpClient({ host, port })
    t.teardown(() => client.close())
    const over = new AbortController()
    const reloaded = reload(stage).finally(() => over.abort())
    const answers = new Set<string>()
    while (!over.signal.aborted) answers.add(await client.ask('hostname\n'))
    await reloaded
    t.strictSame([...answers], [`${web}\n`])
  })

  t.test('a client with affinity returns to its endpoint', async t => {
    await stage.deploy('three', { replicas: 3 })
    stage.expose('three', { sessionAffinity: 'ClientIP' })
    await stage.synced()
    const sticky = stage.clusterIp('three')
    const pinned = await Promise.all([0, 1, 2, 3].map(number => clients.pod(number).tcp(sticky)))
    await reload(stage)
    t.strictSame(await Promise.all([0, 1, 2, 3].map(number => clients.pod(number).tcp(sticky))), pinned)
  })

  t.test('a node port stays served, and nobody else gets it', async t => {
    const place = at(nodeAddress, stage.nodePort('web'))
    await reload(stage)
    t.equal(await outside.tcp(place), web)
    await t.rejects(takeTcp(place), { code: 'EADDRINUSE' })
    t.notOk(stage.portal.events().some(isOf('portal-failed')))
  })

  t.test('load balancers and supervisors are answered', async t => {
    stage.expose('balanced', {
      ...{ selector: { app: 'web' }, type: 'LoadBalancer', externalTrafficPolicy: 'Local' },
      healthCheckNodePort: 32001,
    })
    await stage.synced()
    await reload(stage)
    for (const place of [`${nodeAddress}:32001`, '127.0.0.1:10256/readyz', '127.0.0.1:10256/healthz'])
      t.equal((await fetch(`http://${place}`)).status, 200, place)
    t.notOk(stage.portal.events().some(isOf('health-check-failed')))
  })

  t.test('a second instance is turned away, by the one that serves', async t => {
    const { pid } = stage.portal.events().findLast(isOf('successor-started')) ?? {}
    const { code, stderr } = await kubePortal(['run', '--master', 'http://127.0.0.1:1'])
    t.equal(code, 6)
    t.match(stderr, `process ${pid}`)
  })

  t.test(
    'what the configuration file says by then counts; where it is wrong, its line is named and nothing changes',
    async t => {
      const proxyMode = async (port: number): Promise<string> =>
        (await fetch(`http://127.0.0.1:${port}/proxyMode`)).text()
      await machine.writeFile(configuration, written('metricsBindAdress: 127.0.0.1:10250'))
      const from = stage.portal.now()
      process.kill(stage.portal.pid ?? 0, 'SIGHUP')
      const failed = await stage.portal.event('a failure', isOf('successor-failed'), from)
      t.equal(failed.reason, 'the new process ended with code 2')
      t.match(
        stage.portal.words().join('\n'),
        `${configuration}:3:1: metricsBindAdress: there is no such field; did you mean metricsBindAddress?`,
      )
      t.equal(await proxyMode(10249), 'userspace')
      await machine.writeFile(configuration, written('metricsBindAddress: 127.0.0.1:10250'))
      await reload(stage)
      t.equal(await proxyMode(10250), 'userspace')
      await t.rejects(proxyMode(10249))
    },
  )

  t.test('where the new process cannot serve, the old one goes on', async t => {
    const { kubeconfig } = stage.cluster
    const path = '/run/sandbox/kubeconfig'
    await machine.writeFile(path, 'nonsense')
    const from = stage.portal.now()
    process.kill(stage.portal.pid ?? 0, 'SIGHUP')
    const failed = await stage.portal.event('a failure', isOf('successor-failed'), from)
    t.match(failed.reason, 'ended with code')
    await machine.writeFile(path, kubeconfig)
    stage.expose('anyway', { selector: { app: 'web' } })
    await stage.synced()
    t.equal(await node.tcp(stage.clusterIp('anyway')), web)
  })

  t.test('a stop ends all processes, and takes out all rules', async t => {
    const open = await node.connect(there)
    await reload(stage)
    const pids = stage.portal
      .events()
      .filter(isOf('successor-started'))
      .map(({ pid }) => pid ?? 0)
    const ended = exchange(open, 'hostname')
    t.equal(await stage.portal.stop(), 0)
    t.equal(String(await ended).trim(), web)
    t.notOk((await Promise.all(pids.map(isAlive))).includes(true))
    t.notMatch((await rulesNow('nft', 'IPv4')).join('\n'), 'KUBE')
  })
})
