import t from 'tap'
import { fileURLToPath } from 'node:url'
import { isOf, PortalProcess } from '../../examples/demo/portal-process.js'
import { machine } from '../../lib/host/machine.js'
import { nodeAddress, nodeAddresses } from '../../lib/sandbox/network/addresses.js'
import { attempt } from '../../lib/sandbox/network/command.js'
import { type Backend, onEachBackend } from './each-backend.js'
import { allHear, at, heardAt, refused, unserved } from './heard.js'
import { kubeconfig, startStage } from './stage.js'
import { addRules, rulesNow } from './tables.js'

const program = fileURLToPath(new URL('../../bin/kube-portal.js', import.meta.url))
const protocols = ['tcp', 'udp'] as const
const families = ['IPv4', 'IPv6'] as const

const tcp = { name: 'tcp', port: 80, targetPort: 8080 }
const udp = { ...tcp, name: 'udp', protocol: 'UDP' }

/** Somebody's rules, so that there are tables before we come. */
const foreign = `*filter
-A FORWARD -i docker0 -j ACCEPT
COMMIT
*nat
-A POSTROUTING -o docker0 -j ACCEPT
COMMIT
`

const output = async (...command: readonly string[]): Promise<string> =>
  (await attempt(machine, command)).stdout

/** What of this machine's network a capture may change, and has to leave as it was. */
const network = async (backend: Backend) => ({
  rules: await Promise.all(families.map(family => rulesNow(backend, family))),
  lo: await output('ip', '-brief', 'address', 'show', 'dev', 'lo'),
  routes: [
    await output('ip', '-4', 'route', 'show', 'table', 'all'),
    await output('ip', '-6', 'route', 'show', 'table', 'all'),
  ],
})

const ourRoutes = async (): Promise<string> =>
  (await output('ip', '-4', 'route', 'show', 'table', 'all', 'proto', '142')) +
  (await output('ip', '-6', 'route', 'show', 'table', 'all', 'proto', '142'))

await onEachBackend(import.meta.url, async backend => {
  for (const family of families) await addRules(backend, family, foreign)
  const stage = await startStage(backend)
  const { clients } = stage
  const { node, pod, outside } = clients
  const [web = ''] = await stage.deploy('web')
  await stage.deploy('empty', { replicas: 0 })
  const both = { ipFamilyPolicy: 'PreferDualStack', ports: [tcp, udp] }
  stage.expose('web', {
    ...both,
    type: 'NodePort',
    externalIPs: ['198.51.100.1'],
    ports: [
      { ...tcp, nodePort: 30080 },
      { ...udp, nodePort: 30080 },
    ],
  })
  stage.expose('empty', both)
  await stage.portal.stop()
  const before = await network(backend)

  t.test('redirect, the usual one, leaves the machine as it was', async t => {
    await stage.restart([])
    t.strictSame(await heardAt(clients, stage.clusterIp('web')), allHear(web))
    t.notSame(await network(backend), before)
    await stage.portal.stop()
    t.strictSame(await network(backend), before)
  })

  t.test('dnat leads clients to an address on lo, from everywhere, over TCP and UDP', async t => {
    await stage.restart(['--capture', 'dnat'])
    for (const protocol of protocols) {
      for (const family of families)
        t.strictSame(
          await heardAt(clients, stage.clusterIp('web', 80, family), protocol),
          allHear(web),
          `${family} cluster IP, ${protocol}`,
        )
      for (const family of families)
        t.strictSame(
          await heardAt(clients, at(nodeAddresses[family], 30080), protocol),
          allHear(web),
          `${family} node port, ${protocol}`,
        )
      t.strictSame(await heardAt(clients, at('198.51.100.1', 80), protocol), allHear(web), protocol)
      t.equal(await node[protocol](at('127.0.0.1', 30080)), web, `127.0.0.1 ${protocol}`)
      t.equal(await node[protocol](at('::1', 30080)), web, `::1 ${protocol}`)
      t.strictSame(await heardAt(clients, stage.clusterIp('empty'), protocol), allHear(refused), protocol)
    }
    const lo = await output('ip', '-brief', 'address', 'show', 'dev', 'lo')
    t.match(lo, '169.254.77.1/32')
    t.match(lo, 'fd00:77::1/128')
  })

  t.test('nobody gets to its local ports directly', async t => {
    const mine = stage.portal.events().filter(isOf('listening'))
    t.ok(mine.length >= 8)
    for (const { servicePort, family, port } of mine) {
      const protocol = servicePort.includes('/UDP') ? 'udp' : 'tcp'
      const dedicated = at(family === 'IPv4' ? '169.254.77.1' : 'fd00:77::1', port)
      t.strictSame(await heardAt(clients, at(nodeAddresses[family], port), protocol), allHear(refused))
      t.equal(await node[protocol](dedicated), refused, `node, ${servicePort}`)
      t.not(await pod()[protocol](dedicated), web, `pod, ${servicePort}`)
      t.not(await outside[protocol](dedicated), web, `outside, ${servicePort}`)
    }
  })

  t.test('the address and the rules are gone when it has stopped', async t => {
    await stage.portal.stop()
    t.strictSame(await network(backend), before)
  })

  t.test('after kill -9 the clean-up takes away what dnat made', async t => {
    await stage.restart(['--capture', 'dnat'])
    await stage.portal.kill()
    t.notSame(await network(backend), before)
    const said = await output(process.execPath, program, 'cleanup')
    t.match(said, 'removed IPv4 address 169.254.77.1 on lo')
    t.strictSame(await network(backend), before)
  })

  t.test('bind listens at the portals themselves, without a rule', async t => {
    await stage.restart(['--capture', 'bind'])
    for (const protocol of protocols) {
      for (const family of families)
        t.strictSame(
          await heardAt(clients, stage.clusterIp('web', 80, family), protocol),
          allHear(web),
          `${family} cluster IP, ${protocol}`,
        )
      for (const family of families)
        t.strictSame(
          await heardAt(clients, at(nodeAddresses[family], 30080), protocol),
          allHear(web),
          `${family} node port, ${protocol}`,
        )
      t.strictSame(await heardAt(clients, at('198.51.100.1', 80), protocol), allHear(web), protocol)
      t.equal(await node[protocol](at('127.0.0.1', 30080)), web, `127.0.0.1 ${protocol}`)
    }
    t.match(await ourRoutes(), `local ${stage.clusterIp('web').address} dev lo`)
    t.strictSame((await network(backend)).rules, before.rules)
  })

  t.test('without endpoints bind refuses, and serves when there are some', async t => {
    const there = stage.clusterIp('empty')
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, there, protocol), allHear(refused), protocol)
    const [one] = await stage.scale('empty', 1)
    await stage.synced()
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, there, protocol), allHear(one), protocol)
    await stage.scale('empty', 0)
    await stage.synced()
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, there, protocol), allHear(refused), protocol)
  })

  t.test('bind follows Services that come and go', async t => {
    const [late] = await stage.deploy('late')
    stage.expose('late', both)
    await stage.synced()
    const there = stage.clusterIp('late')
    t.strictSame(await heardAt(clients, there), allHear(late))
    stage.remove('services', 'late')
    await stage.synced()
    t.strictSame(await heardAt(clients, there), allHear(unserved))
    t.notMatch(await ourRoutes(), there.address)
  })

  t.test('its routes are gone when it has stopped, and after kill -9 and the clean-up', async t => {
    await stage.portal.stop()
    t.strictSame(await network(backend), before)
    await stage.restart(['--capture', 'bind'])
    await stage.portal.kill()
    t.not(await ourRoutes(), '')
    t.match(await output(process.execPath, program, 'cleanup'), /removed IPv4 route to \S+ on lo/)
    t.strictSame(await network(backend), before)
  })

  t.test('none changes nothing, needs no right, and says where each port is', async t => {
    const powerless = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all']
    const portal = new PortalProcess(
      ['--kubeconfig', kubeconfig, '--hostname-override', stage.cluster.nodeName, '--capture', 'none'],
      powerless,
    )
    t.teardown(() => portal.stop())
    await portal.served('default/web:udp/UDP/IPv6', 1)
    for (const { servicePort, family, port } of portal.events().filter(isOf('listening'))) {
      if (!servicePort.startsWith('default/web')) continue
      const protocol = servicePort.includes('/UDP') ? 'udp' : 'tcp'
      const address = family === 'IPv4' ? '127.0.0.1' : '::1'
      t.equal(await node[protocol](at(address, port)), web, servicePort)
      t.ok(
        portal.words().some(line => line.includes(`${servicePort} is at `) && line.includes(`:${port}`)),
        servicePort,
      )
      t.equal(await outside[protocol](at(nodeAddress, port)), refused, servicePort)
    }
    t.strictSame(await heardAt(clients, stage.clusterIp('web')), allHear(unserved))
    t.strictSame(await network(backend), before)
    t.equal(await portal.stop(), 0)
  })
})
