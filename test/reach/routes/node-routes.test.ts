import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { cleanup } from '../../../lib/capture/cleanup.js'
import { machine } from '../../../lib/host/machine.js'
import { onlooker } from '../../../lib/host/onlooker.js'
import { cidr, cidrText } from '../../../lib/model/cidr.js'
import type { ProxyEvent } from '../../../lib/model/event.js'
import { ipAddress, type IpAddress } from '../../../lib/model/ip-address.js'
import { routesFailure, whyUnrouted } from '../../../lib/reach/routes/can-route.js'
import { NodeRoutes } from '../../../lib/reach/routes/node-routes.js'
import type { RoutedNode } from '../../../lib/reach/routes/plan.js'
import { routesWay } from '../../../lib/cli/reach/routes-way.js'
import { talk } from '../../capture/client.js'
import { run, runAll } from '../../capture/commands.js'
import { inNamespace } from '../../namespace.js'

const families = ['IPv4', 'IPv6'] as const

// Without link-local addresses, which come when they come.
const routes = (): string =>
  ['-4', '-6']
    .map(family => run('ip', family, 'route', 'show', 'table', 'all'))
    .join('')
    .replaceAll(/^.* fe80:.*\n/gm, '')

/** A bridge as Docker makes it for kind. */
const buildBridge = (): void => {
  runAll(`
    ip link add br-kind type bridge
    ip address add 172.18.0.1/16 dev br-kind
    ip address add fc00:f853::1/64 dev br-kind nodad
    ip link set br-kind up
  `)
}

/** A machine on the bridge that has the pod 10.244.NUMBER.5, which says the machine's name. */
const buildNode = async (name: string, number: number): Promise<ChildProcess> => {
  runAll(`
    ip netns add ${name}
    ip link add ${name} type veth peer name eth0 netns ${name}
    ip link set ${name} master br-kind up
    ip -n ${name} link set lo up
    ip -n ${name} address add 172.18.0.${number}/16 dev eth0
    ip -n ${name} address add fc00:f853::${number}/64 dev eth0 nodad
    ip -n ${name} link set eth0 up
    ip -n ${name} address add 10.244.1.5/32 dev lo
    ip -n ${name} address add 10.244.2.5/32 dev lo
    ip -n ${name} address add fd00:244:1::5/128 dev lo nodad
  `)
  const program = `require('net').createServer(c => c.end('${name}')).listen(8080, '::', () => console.log('there'))`
  const server = spawn('ip', ['netns', 'exec', name, process.execPath, '-e', program])
  await once(server.stdout, 'data')
  t.teardown(() => server.kill())
  return server
}

const nodeOf = (name: string, number: number, podCidrs: string): RoutedNode => ({
  name,
  addresses: [`172.18.0.${number}`, `fc00:f853::${number}`].map(ipAddress),
  podCidrs: podCidrs.split(' ').map(cidr),
})
const one = nodeOf('one', 3, '10.244.1.0/24 fd00:244:1::/64')
const two = nodeOf('two', 4, '10.244.2.0/24')

/** A cluster's Nodes as they change. */
interface Mutable {
  nodes: readonly RoutedNode[]
  nodesForbidden: string | undefined
  readonly apiServers: readonly IpAddress[]
}

interface Tried {
  readonly reach: NodeRoutes
  readonly events: readonly ProxyEvent[]
}

const tried = (t: Test, options: { readonly allowOverlap?: boolean } = {}): Tried => {
  const events: ProxyEvent[] = []
  const reach = new NodeRoutes({
    ...{ host: machine, families, apiServers: [], allowOverlap: false, ...options },
    report: event => void events.push(event),
  })
  t.teardown(() => reach.remove())
  return { reach, events }
}

const heard = (...hosts: readonly string[]): Promise<string[]> =>
  Promise.all(hosts.map(host => talk(host, 8080)))

await inNamespace(import.meta.url, async () => {
  buildBridge()
  await buildNode('one', 3)
  await buildNode('two', 4)

  t.test('pods of all nodes are reached, and afterwards everything is as before', async t => {
    const before = routes()
    const { reach, events } = tried(t)
    t.strictSame(whyUnrouted(await reach.trial([one, two])), [])
    t.equal(routes(), before, 'nothing is changed to see that')
    // The one has to wait for the other.
    const [, { routes: made, troubles }] = await Promise.all([reach.update([one]), reach.update([one, two])])
    t.strictSame(
      made.map(({ to, via }) => `${cidrText(to)} ${via}`),
      ['10.244.1.0/24 172.18.0.3', '10.244.2.0/24 172.18.0.4', 'fd00:244:1::/64 fc00:f853::3'],
    )
    t.strictSame(troubles, [])
    t.strictSame(await heard('10.244.1.5', '10.244.2.5', 'fd00:244:1::5'), ['one', 'two', 'one'])
    const [there, said] = [routes(), events.length]
    await Promise.all([reach.update([one, two]), reach.update([two, one])])
    t.equal(routes(), there)
    t.equal(events.length, said, 'what does not change is not said')
    t.strictSame([...(await reach.remove())].sort(), [
      'IPv4 route to 10.244.1.0/24 via 172.18.0.3',
      'IPv4 route to 10.244.2.0/24 via 172.18.0.4',
      'IPv6 route to fd00:244:1::/64 via fc00:f853::3',
    ])
    t.equal(routes(), before)
    await reach.update([one])
    t.equal(routes(), before, 'nothing is made after that')
  })

  t.test('a node that has another address is followed, and one that is gone loses its route', async t => {
    const { reach, events } = tried(t)
    await reach.update([one, two])
    await reach.update([{ ...one, addresses: two.addresses }])
    t.strictSame(await heard('10.244.1.5', 'fd00:244:1::5'), ['two', 'two'])
    t.notMatch(routes(), '10.244.2.0/24')
    t.equal(routes().match(/ proto 142 /g)?.length, 2)
    t.match(events.at(-1), { type: 'node-route' })
    await reach.update([])
    t.notMatch(routes(), 'proto 142')
  })

  t.test('routes that somebody flushed come back, and that is said', async t => {
    const { reach, events } = tried(t)
    await reach.update([one])
    const there = routes()
    runAll('ip -4 route flush table main proto 142')
    await reach.update([one])
    t.equal(routes(), there)
    t.match(events.at(-1), { type: 'node-route', state: 'repaired', node: 'one', range: '10.244.1.0/24' })
  })

  t.test('a network in the way is quoted once, harms no other node, and may be allowed', async t => {
    const line = '10.244.0.0/23 via 172.18.0.9 dev br-kind'
    runAll(`ip route add ${line}`)
    t.teardown(() => runAll(`ip route delete ${line}`))
    const { reach, events } = tried(t)
    t.match(routesFailure(await reach.trial([one, two])), {
      code: 'conflict',
      message: `the pods of node one (10.244.1.0/24) cannot be routed to: in use here: ${line}`,
      cure: /--allow-overlap/,
    })
    await reach.update([one, two])
    await reach.update([one, two])
    t.strictSame(await heard('10.244.2.5', 'fd00:244:1::5'), ['two', 'one'])
    const troubles = events.filter(({ type }) => type === 'node-unrouted')
    t.match(troubles, [{ node: 'one', range: '10.244.1.0/24', reason: `in use here: ${line}` }])
    t.equal(troubles.length, 1)
    await reach.remove()

    const allowing = tried(t, { allowOverlap: true })
    await allowing.reach.update([one])
    t.strictSame(await heard('10.244.1.5'), ['one'])
  })

  t.test('what the kernel refuses for one node harms no other', async t => {
    const theirs = '10.244.1.0/24 via 172.18.0.9 dev br-kind'
    runAll(`ip route add ${theirs}`)
    t.teardown(() => runAll(`ip route delete ${theirs}`))
    const { reach, events } = tried(t, { allowOverlap: true })
    const { troubles } = await reach.update([one, two])
    t.match(troubles, [{ node: 'one', reason: /File exists/ }])
    t.match(routes(), theirs)
    t.strictSame(await heard('10.244.2.5'), ['two'])
    t.ok(events.some(({ type }) => type === 'node-unrouted'))
  })

  t.test('what a killed run left is taken on, or listed and cleaned up', async t => {
    const before = routes()
    await tried(t).reach.update([one])
    const left = routes()
    const next = tried(t)
    await next.reach.update([one])
    t.strictSame(next.events, [])
    t.equal(routes(), left)
    const common = { addresses: () => [], report: () => undefined }
    const lines = [
      'IPv4 route to 10.244.1.0/24 via 172.18.0.3',
      'IPv6 route to fd00:244:1::/64 via fc00:f853::3',
    ]
    t.strictSame(await cleanup({ ...common, host: onlooker(machine) }), lines)
    t.equal(routes(), left)
    t.strictSame(await cleanup({ ...common, host: machine }), lines)
    t.equal(routes(), before)
  })

  t.test('as a way to a cluster, it is refused or taken as a whole, and follows the Nodes', async t => {
    const source: Mutable = {
      nodes: [{ ...one, addresses: [ipAddress('198.51.100.7')] }],
      nodesForbidden: undefined,
      apiServers: [ipAddress('172.18.0.3')],
    }
    const report = (): undefined => undefined
    const { way, whyNot, check } = routesWay({ source }, { host: machine, families, options: {}, report })
    t.teardown(() => way.remove?.())
    t.match(
      await whyNot(),
      /the pods of node one .* 198\.51\.100\.7 is in no network that this machine is in/,
    )
    await t.rejects(check(), { code: 'missing', cure: /--reach portforward/ })
    source.nodes = [two]
    t.equal(await whyNot(), undefined)
    await check()
    await way.prepare?.()
    t.strictSame(await heard('10.244.2.5'), ['two'])
    run('ip', 'route', 'flush', 'proto', '142')
    await way.prepare?.()
    t.notMatch(routes(), 'proto 142', 'Nodes are as they were, and no look is taken')
    await way.repair?.()
    t.strictSame(await heard('10.244.2.5'), ['two'])
    await way.remove?.()
    t.notMatch(routes(), 'proto 142')
    source.nodesForbidden = 'nodes is forbidden'
    t.equal(await whyNot(), 'nodes is forbidden')
  })

  t.test('without Nodes that say where their pods are, there is nothing to route', async t => {
    const { reach } = tried(t)
    const trial = await reach.trial([{ ...one, podCidrs: [] }])
    t.match(whyUnrouted(trial), [/spec\.podCIDR/])
    t.match(routesFailure(trial), { code: 'missing', cure: /--reach portforward/ })
  })
})
