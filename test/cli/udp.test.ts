import t, { type Test } from 'tap'
import { isOf, type PortalProcess } from '../../examples/demo/portal-process.js'
import { bridgeAddress } from '../../lib/sandbox/network/addresses.js'
import { inPods } from '../../lib/sandbox/network/node-network.js'
import { inNamespace, needing } from '../namespace.js'
import { type UdpClient, udpClient, udpClientIn } from '../udp-client.js'
import { deployUdp, rules, running, sandbox, scale } from './stage.js'

const somePod = '10.244.200.1'
const dns = 'default/dns/UDP'

await inNamespace(import.meta.url, async () => {
  const cluster = await sandbox()
  const { address, port } = deployUdp(cluster, 'dns', 3)
  const untouched = await rules()

  /** A client in a pod and one on the node, both of which keep their source port. */
  const clients = async (from: number): Promise<readonly UdpClient[]> => {
    const talk = { host: address, port, from }
    const both = [udpClientIn(inPods(cluster.pods.pid), { ...talk, address: somePod }), await udpClient(talk)]
    t.teardown(() => both.forEach(client => client.close()))
    return both
  }
  const heard = async (both: readonly UdpClient[], question = 'hostname'): Promise<readonly string[]> => {
    const answers: string[] = []
    for (const client of both) answers.push((await client.ask(question)).trim())
    return answers
  }
  /** A run that serves the three of them; it ends with `t`, whatever happens in it. */
  const serving = async (t: Test, args: readonly string[] = []): Promise<PortalProcess> => {
    const portal = await running(args)
    t.teardown(() => portal.stop())
    await portal.served(dns, 3)
    return portal
  }
  const conntrack = await needing('conntrack', '--dump')

  t.test('connected clients get their answers, from a pod and from the node', async t => {
    const portal = await serving(t)
    const both = await clients(5000)
    t.match(await heard(both), [/^dns-/, /^dns-/])
    t.strictSame(await heard(both, 'x'.repeat(1472)), ['x'.repeat(1472), 'x'.repeat(1472)])
    t.strictSame(await heard(both, 'clientip'), [String(bridgeAddress), String(bridgeAddress)])
    await portal.stop()
    t.equal(await rules(), untouched)
  })

  t.test('a client stays with its endpoint, and goes to another one when that is gone', async t => {
    const portal = await serving(t)
    const both = await clients(5001)
    const first = await heard(both)
    t.strictSame(await heard(both), first)
    const [name = ''] = first
    const from = portal.now()
    cluster.objects.remove('pods', 'default', name)
    // The next three are those without it and with the one that takes its place.
    await portal.served(dns, 3, from)
    const [second] = await heard(both)
    t.match(second, /^dns-/)
    t.not(second, name)
  })

  t.test('without endpoints clients are refused, and served again when there is one', conntrack, async t => {
    const portal = await serving(t)
    const both = await clients(5002)
    t.match(await heard(both), [/^dns-/, /^dns-/])
    const from = portal.now()
    scale(cluster, 'dns', 0)
    await portal.served(dns, 0, from)
    t.strictSame(await heard(both), ['ECONNREFUSED', 'ECONNREFUSED'])
    const refusing = portal.now()
    scale(cluster, 'dns', 3)
    await portal.served(dns, 3, refusing)
    t.match(await heard(both), [/^dns-/, /^dns-/])
  })

  t.test('clients that never stopped are served again after a stop and a start', conntrack, async t => {
    const before = await serving(t)
    const both = await clients(5003)
    t.match(await heard(both), [/^dns-/, /^dns-/])
    await before.stop()
    t.notMatch((await heard(both)).join(), 'dns-')
    await serving(t, ['--proxy-port-range', '15000-15099'])
    t.match(await heard(both), [/^dns-/, /^dns-/])
  })

  t.test('the local port of a UDP Service cannot be used without its portal', async t => {
    const portal = await serving(t)
    const { port: local } = await portal.event('a listener', isOf('listening', dns))
    const talk = { host: bridgeAddress, port: local }
    const direct = [
      udpClientIn(inPods(cluster.pods.pid), { ...talk, address: somePod }),
      await udpClient(talk),
    ]
    t.teardown(() => direct.forEach(client => client.close()))
    t.strictSame(await heard(direct), ['ECONNREFUSED', 'ECONNREFUSED'])
    await portal.stop()
    t.equal(await rules(), untouched)
  })
})
