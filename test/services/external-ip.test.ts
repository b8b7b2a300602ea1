import t from 'tap'
import { nodeAddress } from '../../lib/sandbox/network/addresses.js'
import { onEachBackend } from './each-backend.js'
import { allHear, at, heard, heardAt, refused, silence, unserved } from './heard.js'
import { hostAnswer, takeTcp, takeUdp } from './host-program.js'
import { portalFailed, rulesWith, whyNot } from './said.js'
import { startStage } from './stage.js'

/** Where the API server is asked. */
const apiPort = 6443

/** A port of a Service, to 8080. */
const tcp = (port: number) => ({ name: `tcp-${port}`, port, targetPort: 8080 })
const udp = (port: number) => ({ ...tcp(port), name: `udp-${port}`, protocol: 'UDP' })
const protocols = ['tcp', 'udp'] as const

// That there is no way does not end a UDP client's wait.
const dead = { tcp: unserved, udp: silence } as const

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend, {
    args: [
      ...['--external-cidrs', '198.51.100.0/24,172.18.0.0/16,10.96.0.0/16'],
      ...['--master', `https://${nodeAddress}:${apiPort}`, '--iptables-sync-period', '500ms'],
    ],
  })
  const { clients, portal } = stage
  const { pod, outside } = clients

  t.test('an external IP that no machine has is served to everybody', async t => {
    const [web] = await stage.deploy('web')
    stage.expose('web', { externalIPs: ['198.51.100.1', '198.51.100.2'], ports: [tcp(80), udp(80)] })
    await stage.synced()
    for (const protocol of protocols)
      for (const address of ['198.51.100.1', '198.51.100.2'])
        t.strictSame(
          await heardAt(clients, at(address, 80), protocol),
          allHear(web),
          `${address} ${protocol}`,
        )
  })

  t.test('only its own ports are, and none of it once it is taken away', async t => {
    t.strictSame(await heardAt(clients, at('198.51.100.1', 81)), allHear(unserved))
    const web = await outside.tcp(stage.clusterIp('web'))
    stage.change('services', 'web', { spec: { externalIPs: ['198.51.100.2'] } })
    await stage.synced()
    for (const protocol of protocols) {
      t.strictSame(
        await heardAt(clients, at('198.51.100.1', 80), protocol),
        allHear(dead[protocol]),
        protocol,
      )
      t.strictSame(await heardAt(clients, at('198.51.100.2', 80), protocol), allHear(web), protocol)
    }
  })

  t.test('without endpoints it refuses, and serves again when there are some', async t => {
    await stage.deploy('empty', { replicas: 0 })
    stage.expose('empty', { externalIPs: ['198.51.100.3'], ports: [tcp(80), udp(80)] })
    await stage.synced()
    const there = at('198.51.100.3', 80)
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, there, protocol), allHear(refused), protocol)
    const [one] = await stage.scale('empty', 1)
    await stage.synced()
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, there, protocol), allHear(one), protocol)
  })

  t.test('one external IP can be two Services, on different ports', async t => {
    const [one] = await stage.deploy('one')
    const [other] = await stage.deploy('other')
    stage.expose('one', { externalIPs: ['198.51.100.4'], ports: [tcp(80)] })
    stage.expose('other', { externalIPs: ['198.51.100.4'], ports: [tcp(81), udp(80)] })
    await stage.synced()
    t.strictSame(
      await heard({
        80: outside.tcp(at('198.51.100.4', 80)),
        81: outside.tcp(at('198.51.100.4', 81)),
        '80, UDP': outside.udp(at('198.51.100.4', 80)),
      }),
      { 80: one, 81: other, '80, UDP': other },
    )
  })

  t.test('an external IP that is the node’s own address is served there', async t => {
    const [own] = await stage.deploy('own')
    stage.expose('own', { externalIPs: [nodeAddress], ports: [tcp(9080), udp(9080)] })
    await stage.synced()
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, at(nodeAddress, 9080), protocol), allHear(own), protocol)
    await t.rejects(takeTcp(at(nodeAddress, 9080)), { code: 'EADDRINUSE' })
    await t.rejects(takeUdp(at(nodeAddress, 9080)), { code: 'EADDRINUSE' })
    stage.change('services', 'own', { spec: { externalIPs: null } })
    await stage.synced()
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, at(nodeAddress, 9080), protocol), allHear(refused), protocol)
  })

  t.test('a program of the host that has the port keeps it, until it lets go', async t => {
    const programs = [await takeTcp(at('0.0.0.0', 9081)), await takeUdp(at(nodeAddress, 9081))]
    const [shy] = await stage.deploy('shy')
    stage.expose('shy', { externalIPs: [nodeAddress], ports: [tcp(9081), udp(9081), tcp(9082)] })
    await stage.synced()
    for (const [port, id] of [
      ['tcp-9081', 'default/shy:tcp-9081/TCP'],
      ['udp-9081', 'default/shy:udp-9081/UDP'],
    ] as const) {
      const failed = await portalFailed(portal, id)
      t.equal(failed.portal, `${nodeAddress}:9081`, port)
      t.match(failed.reason, 'EADDRINUSE', port)
    }
    for (const protocol of protocols) {
      t.strictSame(await heardAt(clients, at(nodeAddress, 9081), protocol), allHear(hostAnswer), protocol)
      t.strictSame(await heardAt(clients, stage.clusterIp('shy', 9081), protocol), allHear(shy), protocol)
    }
    t.strictSame(await heardAt(clients, at(nodeAddress, 9082)), allHear(shy))
    const from = portal.now()
    for (const program of programs) await program.close()
    await rulesWith(portal, '-m udp --dport 9081 ', from)
    await rulesWith(portal, '-m tcp --dport 9081 ', from)
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, at(nodeAddress, 9081), protocol), allHear(shy), protocol)
  })

  t.test(
    'an external IP outside of --external-cidrs is refused with the reason, the rest is served',
    async t => {
      const [far] = await stage.deploy('far')
      stage.expose('far', { externalIPs: ['203.0.113.1', '198.51.100.5'] })
      await stage.synced()
      t.match(await whyNot(portal, 'far', { reason: /203\.0\.113\.1/ }), '--external-cidrs')
      t.strictSame(await heardAt(clients, at('203.0.113.1', 80)), allHear(unserved))
      t.strictSame(await heardAt(clients, at('198.51.100.5', 80)), allHear(far))
      t.strictSame(await heardAt(clients, stage.clusterIp('far')), allHear(far))
    },
  )

  t.test('nobody gets another Service’s cluster IP as an external IP', async t => {
    const [victim] = await stage.deploy('victim')
    const [thief] = await stage.deploy('thief')
    stage.expose('victim')
    const { address } = stage.clusterIp('victim')
    stage.expose('thief', { externalIPs: [address], ports: [tcp(80), tcp(81)] })
    await stage.synced()
    const reason = new RegExp(address.replaceAll('.', '\\.'))
    t.match(await whyNot(portal, 'thief', { reason }), /cluster IP/)
    t.strictSame(await heardAt(clients, at(address, 80)), allHear(victim))
    t.strictSame(await heardAt(clients, at(address, 81)), allHear(unserved))
    t.strictSame(await heardAt(clients, stage.clusterIp('thief', 81)), allHear(thief))
  })

  t.test('of two Services with one external IP and port the older one has it', async t => {
    const [late] = await stage.deploy('late')
    const before = await outside.tcp(at('198.51.100.5', 80))
    stage.expose('zz-late', { selector: { app: 'late' }, externalIPs: ['198.51.100.5'] })
    await stage.synced()
    t.match(await whyNot(portal, 'zz-late', { reason: /198\.51\.100\.5/ }), 'Service default/far')
    t.equal(await outside.tcp(at('198.51.100.5', 80)), before)
    stage.remove('services', 'far')
    await stage.synced()
    t.equal(await outside.tcp(at('198.51.100.5', 80)), late)
  })

  t.test('nobody gets the API server’s address and port, but may have another port there', async t => {
    const [api] = await stage.deploy('api')
    stage.expose('api', { externalIPs: [nodeAddress], ports: [tcp(apiPort), tcp(9083)] })
    await stage.synced()
    t.match(await whyNot(portal, 'api', { reason: /6443/ }), 'API server')
    t.strictSame(await heardAt(clients, at(nodeAddress, 9083)), allHear(api))
    t.strictSame(await heardAt(clients, stage.clusterIp('api', apiPort)), allHear(api))
    t.not(await pod().tcp(at(nodeAddress, apiPort)), api)
  })
})
