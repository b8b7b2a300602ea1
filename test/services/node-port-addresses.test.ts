import t from 'tap'
import { machine } from '../../lib/host/machine.js'
import { bridgeAddress, nodeAddress, nodeAddresses } from '../../lib/sandbox/network/addresses.js'
import { succeed } from '../../lib/sandbox/network/command.js'
import { onEachBackend } from './each-backend.js'
import { at, heard, type Heard, refused } from './heard.js'
import { hostAnswer, takeTcp } from './host-program.js'
import { rulesWith } from './said.js'
import { startStage } from './stage.js'

const number = 30080
const loopback = '127.0.0.1'
const ports = [
  { name: 'tcp', port: 80, targetPort: 8080, nodePort: number },
  { name: 'udp', port: 80, targetPort: 8080, nodePort: number, protocol: 'UDP' },
]

/** Adds an address to one of the node's interfaces, or takes it away. */
const address = (verb: 'add' | 'delete', text: string, link: string): Promise<void> =>
  succeed(machine, ['ip', 'address', verb, text, 'dev', link])

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend, { args: ['--nodeport-addresses', '172.18.0.0/16,10.99.0.0/16'] })
  const { node, pod, outside } = stage.clients
  const [web = ''] = await stage.deploy('web', { replicas: 1 })
  stage.expose('web', { type: 'NodePort', ipFamilyPolicy: 'PreferDualStack', ports })
  await stage.synced()

  /** Who answers at the node port, at each address of the node. */
  const everywhere = (protocol: 'tcp' | 'udp'): Promise<Heard> =>
    heard({
      'the uplink, from outside': outside[protocol](at(nodeAddress, number)),
      'the uplink, from a pod': pod()[protocol](at(nodeAddress, number)),
      'the uplink, from the node': node[protocol](at(nodeAddress, number)),
      'the bridge, from a pod': pod()[protocol](at(bridgeAddress, number)),
      'the bridge, from the node': node[protocol](at(bridgeAddress, number)),
      loopback: node[protocol](at(loopback, number)),
      'IPv6, the uplink': outside[protocol](at(nodeAddresses.IPv6, number)),
      'IPv6, loopback': node[protocol](at('::1', number)),
    })

  const nowhere: Heard = {
    'the uplink, from outside': refused,
    'the uplink, from a pod': refused,
    'the uplink, from the node': refused,
    'the bridge, from a pod': refused,
    'the bridge, from the node': refused,
    loopback: refused,
    'IPv6, the uplink': refused,
    'IPv6, loopback': refused,
  }
  const uplink: Heard = {
    'the uplink, from outside': web,
    'the uplink, from a pod': web,
    'the uplink, from the node': web,
  }
  const ipv6: Heard = { 'IPv6, the uplink': web, 'IPv6, loopback': web }
  const protocols = ['tcp', 'udp'] as const

  t.test('node ports are at the addresses of a range only, and at all of a family that has none', async t => {
    for (const protocol of protocols)
      t.strictSame(await everywhere(protocol), { ...nowhere, ...uplink, ...ipv6 }, protocol)
  })

  t.test('at other addresses a program of the host may have the number', async t => {
    const program = await takeTcp(at(bridgeAddress, number))
    t.equal(await pod().tcp(at(bridgeAddress, number)), hostAnswer)
    t.equal(await pod().tcp(at(nodeAddress, number)), web)
    await program.close()
  })

  t.test('the cluster IP is served as ever', async t => {
    t.equal(await pod().tcp(stage.clusterIp('web')), web)
    t.equal(await node.udp(stage.clusterIp('web')), web)
  })

  t.test('an address that comes has node ports within seconds, and none when it is gone', async t => {
    const there = at('10.99.0.7', number)
    const from = stage.portal.now()
    await address('add', '10.99.0.7/32', 'cni0')
    await rulesWith(stage.portal, '-d 10.99.0.7/32', from)
    for (const protocol of protocols)
      t.strictSame(
        await heard({
          node: node[protocol](there),
          pod: pod()[protocol](there),
          outside: outside[protocol](there),
        }),
        { node: web, pod: web, outside: web },
        protocol,
      )
    const before = stage.portal.now()
    await address('delete', '10.99.0.7/32', 'cni0')
    await rulesWith(stage.portal, 'KUBE-NODEPORT-CONTAINER', before)
    await address('add', '10.99.0.7/32', 'cni0')
    for (const protocol of protocols) t.equal(await pod()[protocol](there), refused, protocol)
    await address('delete', '10.99.0.7/32', 'cni0')
  })

  t.test('primary means the first address of each family that the Node has', async t => {
    await stage.restart(['--nodeport-addresses', 'primary'])
    for (const protocol of protocols)
      t.strictSame(await everywhere(protocol), { ...nowhere, ...uplink, 'IPv6, the uplink': web }, protocol)
  })

  t.test('localhost means loopback', async t => {
    await stage.restart(['--nodeport-addresses', 'localhost'])
    for (const protocol of protocols)
      t.strictSame(await everywhere(protocol), { ...nowhere, loopback: web, 'IPv6, loopback': web }, protocol)
  })

  t.test('without the option they are everywhere, at an address that comes later, too', async t => {
    await stage.restart([])
    const from = stage.portal.now()
    await address('add', '10.99.0.8/32', 'cni0')
    const there = at('10.99.0.8', number)
    t.equal(await pod().tcp(there), web)
    await stage.portal.synced(from)
    t.strictSame(
      await heard({
        node: node.udp(there),
        pod: pod().udp(there),
        outside: outside.udp(there),
      }),
      { node: web, pod: web, outside: web },
    )
  })
})
