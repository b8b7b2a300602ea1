import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import t, { type Test } from 'tap'
import type { ServiceRoutes } from '../../lib/capture/allowed-routes.js'
import type { BackendKind } from '../../lib/capture/backend.js'
import { nothingWanted } from '../../lib/capture/capture.js'
import { cleanup } from '../../lib/capture/cleanup.js'
import { Iptables } from '../../lib/capture/iptables.js'
import { RoutedCapture } from '../../lib/capture/routed-capture.js'
import { redirect, type Target, dnat } from '../../lib/capture/target.js'
import { connectedAddresses } from '../../lib/host/connected-addresses.js'
import type { Host } from '../../lib/host/host.js'
import { localAddresses } from '../../lib/host/local-addresses.js'
import { machine } from '../../lib/host/machine.js'
import { onlooker } from '../../lib/host/onlooker.js'
import { cidr } from '../../lib/model/cidr.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { inNamespace } from '../namespace.js'
import { heard } from './ask.js'
import { run, runAll, without } from './commands.js'
import { addOutside, listenTcp, listenUdp, outside } from './node-and-pod.js'
import { whole, type WholeCapture } from './whole.js'
import { guardOf, refused, served, wanted } from './wanted.js'

const families = ['IPv4', 'IPv6'] as const
const ranges = ['10.96.0.0/16', 'fd00:96::/112'].map(cidr)
const byRange: ServiceRoutes = { on: true, ranges, allowOverlap: false, apiServers: [] }

const cart = [
  served({ address: '10.96.0.10', localPort: 14_000 }),
  served({ address: 'fd00:96::10', localPort: 14_000 }),
]
const dns = [
  served({ address: '10.96.0.12', protocol: 'UDP', port: 53, localPort: 14_002 }),
  served({ address: 'fd00:96::12', protocol: 'UDP', port: 53, localPort: 14_002 }),
]
const nodePorts = families.map(family => served({ family, nodePort: 30_080, localPort: 14_000 }))
const all = wanted(...cart, ...dns, ...nodePorts)

/** Where this machine and its neighbour meet. */
const here = { IPv4: '198.51.100.1', IPv6: '2001:db8:2::1' } as const

// Without link-local addresses, which come when they come.
const routes = (): string =>
  ['-4', '-6']
    .map(family => run('ip', family, 'route', 'show', 'table', 'all'))
    .join('')
    .replaceAll(/^.* fe80:.*\n/gm, '')
const rules = (kind: BackendKind): readonly string[] =>
  [run(`iptables-${kind}-save`), run(`ip6tables-${kind}-save`)].join('').match(/^-A .*$/gm) ?? []

interface Setting {
  readonly kind: BackendKind
  readonly target?: Target
  readonly services?: () => ServiceRoutes
  readonly host?: Host
}

interface Tried {
  readonly capture: WholeCapture
  readonly routed: RoutedCapture
  readonly events: readonly ProxyEvent[]
}

/** A capture whose rules and routes go when the test ends. */
const tried = (
  t: Test,
  { kind, target = redirect, services = () => byRange, host = machine }: Setting,
): Tried => {
  const events: ProxyEvent[] = []
  const report = (event: ProxyEvent): void => void events.push(event)
  const common = { host, families, report }
  const inner = new Iptables({
    ...{ ...common, backend: { kind, infix: `-${kind}` }, target, addresses: localAddresses },
  })
  const connected = () => connectedAddresses(machine)
  const routed = new RoutedCapture({ ...common, inner, routes: services, connected })
  t.teardown(() => routed.remove())
  return { capture: whole(routed), routed, events }
}

/** What is heard at one address of each family: `address` ends with a dot or a colon. */
const targets = (address: '10.96.0.' | 'fd00:96::'): readonly string[] => [
  ...['10 80', '99 80', '10 22', '99 22', '99 30080', '10 30080', '99 14000'].map(
    rest => `tcp ${address}${rest}`,
  ),
  ...['12 53', '99 53', '12 54', '99 14002'].map(rest => `udp ${address}${rest}`),
]
const expected = [
  ...['14000', ...Array.from({ length: 6 }, () => 'ECONNREFUSED')],
  ...['14002', ...Array.from({ length: 3 }, () => 'ECONNREFUSED')],
].join(' ')

/** As Docker publishes a container's port: at all addresses that are this machine's. */
const publish = (t: Test, kind: BackendKind): void => {
  for (const program of [`iptables-${kind}`, `ip6tables-${kind}`])
    for (const chain of ['PREROUTING', 'OUTPUT']) {
      const rule = '-p tcp --dport 80 -m addrtype --dst-type LOCAL -j REDIRECT --to-ports 22'.split(' ')
      run(program, '-t', 'nat', '-A', chain, ...rule)
      t.teardown(() => run(program, '-t', 'nat', '-D', chain, ...rule))
    }
}

const settings: readonly Setting[] = [{ kind: 'nft' }, { kind: 'legacy' }, { kind: 'nft', target: dnat }]

await inNamespace(import.meta.url, async () => {
  addOutside()
  runAll(`
    ip address add ${here.IPv6}/64 dev out0 nodad
    ip -n outside address add 2001:db8:2::2/64 dev eth0 nodad
    ip -n outside route add default via ${here.IPv6}
  `)
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
  writeFileSync('/proc/sys/net/ipv6/conf/all/forwarding', '1')
  // The neighbour is refused more often than a machine would say otherwise.
  writeFileSync('/proc/sys/net/ipv4/icmp_ratelimit', '0')
  writeFileSync('/proc/sys/net/ipv6/icmp/ratelimit', '0')
  for (const port of [22, 14_000]) await listenTcp(port)
  await listenUdp(14_002, ['127.0.0.1', '::1', here.IPv4, here.IPv6])

  for (const setting of settings) {
    const { kind, target = redirect } = setting
    const skip = without(`iptables-${kind}-save`)
    const name = `without any default route all of the cluster is met, and nothing else (${kind}, ${target.kind})`
    t.test(name, { skip }, async t => {
      const before = routes()
      publish(t, kind)
      const { capture } = tried(t, setting)
      await capture.apply(all)
      if (target.kind === 'dnat') await listenUdp(14_002, Object.values(target.addresses))
      for (const where of [[], outside])
        for (const address of ['10.96.0.', 'fd00:96::'] as const)
          t.equal(await heard(where, ...targets(address)), expected, `${where.at(-1) ?? 'here'}: ${address}`)
      const daemons = [22, 30_080, 80].map(port => `tcp ${here.IPv4} ${port}`)
      t.equal(await heard(outside, ...daemons), '22 14000 22', 'all else is as it was')
      t.equal(await heard([], 'tcp 127.0.0.1 22', 'tcp 127.0.0.1 30080'), '22 14000')
      t.strictSame(await capture.apply(all), [], 'all is as wanted')
      await capture.remove()
      t.equal(routes(), before)
      t.notMatch(rules(kind).join(), 'KUBE-')
    })
  }

  t.test('routes that somebody flushed come back, and that is said', async t => {
    const { capture, routed, events } = tried(t, { kind: 'nft' })
    t.equal(await routed.isIntact(), true, 'nothing is wanted yet')
    await capture.apply(all)
    const there = routes()
    t.equal(await routed.isIntact(), true)
    runAll('ip -4 route flush table local proto 142')
    t.equal(await routed.isIntact(), false)
    t.strictSame(await capture.apply(all), ['IPv4'])
    t.equal(routes(), there)
    t.equal(await routed.isIntact(), true)
    const repaired = events.filter(({ type }) => type === 'addresses-repaired')
    t.strictSame(repaired, [{ type: 'addresses-repaired', family: 'IPv4', missing: 1 }])
  })

  t.test(
    'a network that has the range is quoted, and nothing is changed but in the other family',
    async t => {
      const line = '10.0.0.0/8 via 198.51.100.2 dev out0'
      runAll(`ip route add ${line}`)
      t.teardown(() => runAll(`ip route delete ${line}`))
      const before = routes()
      let services = byRange
      const { capture, routed } = tried(t, { kind: 'nft', services: () => services })
      await t.rejects(routed.check(new Set()), { code: 'conflict', message: /10\.0\.0\.0\/8 via/ })
      const { written, failures } = await routed.apply(all)
      t.strictSame(written, ['IPv6'])
      t.match(failures, [
        {
          family: 'IPv4',
          error: {
            code: 'conflict',
            message: `the cluster's Services are at 10.96.0.0/16, which is in use here: ${line}`,
            cure: /--allow-overlap/,
          },
        },
      ])
      t.notMatch(rules('nft').join(), '10.96.0.10')
      t.equal(routes().replace(/^local fd00:96::.*\n/m, ''), before)

      services = { ...byRange, allowOverlap: true }
      await routed.check(new Set())
      t.strictSame(await capture.apply(all), ['IPv4'])
      t.match(routes(), 'local 10.96.0.0/16 dev lo table local proto 142')
      services = byRange
      t.strictSame(await capture.apply(all), [], 'what is there is asked no more')
    },
  )

  t.test('where the API server is stays where it is, whatever overlaps may be', async t => {
    const apiServers = [ipAddress('10.96.7.7')]
    const services = () => ({ ...byRange, allowOverlap: true, apiServers })
    const { capture } = tried(t, { kind: 'nft', services })
    await t.rejects(capture.apply(all), {
      code: 'conflict',
      message: /10\.96\.7\.7, the API server/,
      cure: /--master/,
    })
    t.notMatch(routes(), '10.96.')
  })

  t.test('a name server in the range is nobody else, where that is a Service of the cluster', async t => {
    const { routed, capture } = tried(t, {
      kind: 'nft',
      host: {
        ...machine,
        readFile: path =>
          path === '/etc/resolv.conf' ? Promise.resolve('nameserver 10.96.0.12\n') : machine.readFile(path),
      },
    })
    await t.rejects(routed.check(new Set()), { code: 'conflict', message: /10\.96\.0\.12, a name server/ })
    await routed.check(new Set([ipAddress('10.96.0.12')]))
    t.strictSame(await capture.apply(all), families)
  })

  t.test('without a range, each cluster IP has its route and its refusals', async t => {
    const services = () => ({ ...byRange, ranges: [] })
    const { capture, routed } = tried(t, { kind: 'nft', services })
    const others = Array.from({ length: 1_000 }, (_, index) =>
      refused({ name: `other/s${index}`, address: `10.97.${index >> 8}.${index & 255}`, localPort: 14_001 }),
    )
    // Somebody else's already, and left to them.
    runAll('ip route add local 10.97.0.0 dev lo proto 99')
    t.teardown(() => runAll('ip route delete local 10.97.0.0 dev lo proto 99'))
    const before = routes()
    await capture.apply(wanted(...cart, ...others))
    t.equal(await routed.isIntact(), true)
    t.equal(routes().match(/ proto 142 /g)?.length, 1_001)
    const both = ['10 80', '10 22', '10 30080'].flatMap(rest => [
      `tcp 10.96.0.${rest}`,
      `tcp fd00:96::${rest}`,
    ])
    for (const where of [[], outside])
      t.equal(
        await heard(where, ...both, 'tcp 10.97.3.200 80', 'tcp 10.97.3.200 22'),
        '14000 14000 ECONNREFUSED ECONNREFUSED ECONNREFUSED ECONNREFUSED ECONNREFUSED ECONNREFUSED',
      )
    t.strictSame(await capture.apply(wanted(...others, ...cart)), [])
    await capture.apply(wanted(...cart))
    t.equal(routes().match(/ proto 142 /g)?.length, 2)
    t.notMatch(rules('nft').join(), '10.97.')
    await capture.remove()
    t.equal(routes(), before)
  })

  t.test('a connection outlives its Service and the stop, and so does the way to it', async t => {
    const { capture } = tried(t, { kind: 'nft', services: () => ({ ...byRange, ranges: [] }) })
    const rest = cart.slice(1)
    const server = createServer(socket => socket.pipe(socket)).listen(14_009, '0.0.0.0')
    await once(server, 'listening')
    t.teardown(() => server.close())
    const portal = served({ address: '10.96.0.44', localPort: 14_009 })
    await capture.apply(wanted(portal, ...rest))
    const client = connect({ host: '10.96.0.44', port: 80 })
    t.teardown(() => client.destroy())
    await once(client, 'connect')
    const echoed = async (text: string): Promise<void> => {
      client.write(text)
      t.strictSame(await once(client, 'data', { signal: AbortSignal.timeout(5_000) }), [Buffer.from(text)])
    }
    const guarded = [guardOf(portal)]
    await capture.apply({ ...wanted(...rest), guarded })
    await echoed('the Service is gone')
    await capture.apply({ ...nothingWanted, guarded })
    await echoed('we are about to stop')
    t.match(routes(), 'local fd00:96::10 ', 'others go on until then, too')
    t.equal(await heard([], 'tcp 10.96.0.44 80'), 'ECONNREFUSED')
    client.destroy()
    await once(client, 'close')
    await capture.apply(wanted(...rest))
    t.notMatch(routes(), '10.96.0.44')
  })

  t.test('once they are not wanted any more the routes go, and before the rules', async t => {
    const before = routes()
    let services = byRange
    const { capture } = tried(t, { kind: 'nft', services: () => services })
    await capture.apply(all)
    services = { ...byRange, on: false }
    t.strictSame(await capture.apply(all), families)
    t.equal(routes(), before)
    t.notMatch(rules('nft').join(), '10.96.0.0/16')
    t.strictSame(await capture.apply(all), [])
  })

  t.test(
    'what a killed run left goes with a run that has no routes, or never knew whether it has',
    async t => {
      const before = routes()
      const off = { kind: 'nft', services: () => ({ ...byRange, on: false }) } as const
      await tried(t, { kind: 'nft' }).capture.apply(all)
      const stopped = tried(t, off)
      await stopped.capture.apply(nothingWanted)
      t.not(routes(), before, 'a stop that drains leaves them alone')
      t.match(await stopped.capture.remove(), ['IPv4 route to 10.96.0.0/16 on lo'])
      t.equal(routes(), before)
      await tried(t, { kind: 'nft' }).capture.apply(all)
      await tried(t, off).capture.apply(all)
      t.equal(routes(), before)
    },
  )

  t.test('what a killed run left is taken on as it is, or listed and cleaned up', async t => {
    const before = routes()
    await tried(t, { kind: 'nft' }).capture.apply(all)
    const left = routes()
    t.strictSame(await tried(t, { kind: 'nft' }).capture.apply(all), [])
    const common = { addresses: () => [], report: () => undefined }
    const lines = ['IPv4 route to 10.96.0.0/16 on lo', 'IPv6 route to fd00:96::/112 on lo']
    const listed = await cleanup({ ...common, host: onlooker(machine) })
    t.strictSame(
      listed.filter(line => line.includes('route')),
      lines,
    )
    t.equal(routes(), left)
    t.strictSame(await cleanup({ ...common, host: machine }), listed)
    t.equal(routes(), before)
  })
})
