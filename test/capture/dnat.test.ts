import t from 'tap'
import { cleanup } from '../../lib/capture/cleanup.js'
import { dnat } from '../../lib/capture/target.js'
import { localAddresses } from '../../lib/host/local-addresses.js'
import { machine } from '../../lib/host/machine.js'
import { inNamespace } from '../namespace.js'
import { heard } from './ask.js'
import { run, runAll, without } from './commands.js'
import { addIpv6, addOutside, buildNode, inPod, listenTcp, listenUdp, outside } from './node-and-pod.js'
import { tried } from './tried.js'
import { guardOf, served, wanted } from './wanted.js'

const families = ['IPv4', 'IPv6'] as const
const four = { address: '10.96.0.10', localPort: 14_000 } as const
const six = { address: 'fd00:96::10', localPort: 14_000 } as const
const udp = { port: 53, protocol: 'UDP', localPort: 14_002 } as const
const all = wanted(
  served(four),
  served(six),
  ...families.map(family => served({ nodePort: 30_080, family, localPort: 14_000 })),
  ...[four, six].map(each => served({ ...each, ...udp })),
)
const portals = [
  'tcp 10.96.0.10 80',
  'udp 10.96.0.10 53',
  'tcp fd00:96::10 80',
  'udp fd00:96::10 53',
] as const
const answers = '14000 14002 14000 14002'
const here: readonly string[] = []
const inBarePod = ['ip', 'netns', 'exec', 'bare'] as const

/** A pod behind an interface without an address, as Calico makes them: the host answers for whomever it asks. */
const addBarePod = (): void =>
  runAll(`
    ip netns add bare
    ip link add cali0 type veth peer name eth0 netns bare
    ip link set cali0 addrgenmode none up
    ip route add 10.244.7.2 dev cali0
    ip route add fd00:244:7::2 dev cali0
    ip -n bare link set eth0 addrgenmode none up
    ip -n bare address add 10.244.7.2/32 dev eth0
    ip -n bare address add fd00:244:7::2/128 dev eth0 nodad
    ip -n bare route add 169.254.1.1 dev eth0
    ip -n bare route add default via 169.254.1.1
    ip -n bare route add fe80::1 dev eth0
    ip -n bare route add default via fe80::1 dev eth0
    ip link set cali0 address 02:00:00:00:00:01
    ip -n bare link set eth0 address 02:00:00:00:00:02
    ip -n bare neighbour add 169.254.1.1 lladdr 02:00:00:00:00:01 dev eth0
    ip -n bare neighbour add fe80::1 lladdr 02:00:00:00:00:01 dev eth0
    ip neighbour add 10.244.7.2 lladdr 02:00:00:00:00:02 dev cali0
    ip neighbour add fd00:244:7::2 lladdr 02:00:00:00:00:02 dev cali0
  `)

// Once: an address that goes, and comes back, is still theirs.
let listening: Promise<void> | undefined
const listenAll = async (): Promise<void> => {
  for (const address of ['169.254.77.1', 'fd00:77::1']) await listenTcp(14_000, address)
  await listenUdp(14_002, ['169.254.77.1', 'fd00:77::1'])
}

const onLo = (): string => run('ip', '-o', 'address', 'show', 'dev', 'lo')

const onBackend = (kind: 'nft' | 'legacy'): void => {
  t.test(`with iptables-${kind}`, { skip: without(`iptables-${kind}-save`) }, t => {
    t.test('portals lead to addresses of their own, even from an interface without any', async t => {
      const before = onLo()
      const { capture } = tried(t, kind, { families, target: dnat })
      await capture.prepare({ guarded: all.guarded, addresses: [] })
      await (listening ??= listenAll())
      await capture.apply(all)
      for (const where of [here, inPod, inBarePod]) t.equal(await heard(where, ...portals), answers)
      const nodePorts = ['tcp 198.51.100.1 30080', 'tcp 2001:db8:2::1 30080']
      t.equal(await heard(outside, ...nodePorts), '14000 14000')
      t.equal(
        await heard(here, ...nodePorts, 'tcp 127.0.0.1 30080', 'tcp ::1 30080'),
        '14000 14000 14000 14000',
      )
      t.equal(
        await heard(here, 'tcp 169.254.77.1 14000', 'tcp fd00:77::1 14000'),
        'ECONNREFUSED ECONNREFUSED',
      )
      t.strictSame(await capture.apply(all), [])
      t.strictSame(
        (await capture.remove()).filter(line => line.includes('address')),
        ['IPv4 address 169.254.77.1 on lo', 'IPv6 address fd00:77::1 on lo'],
      )
      t.equal(onLo(), before)
    })

    t.test('an address that was there before stays when we go', async t => {
      run('ip', 'address', 'add', '169.254.77.1/32', 'dev', 'lo')
      t.teardown(() => run('ip', 'address', 'delete', '169.254.77.1/32', 'dev', 'lo'))
      const before = onLo()
      const { capture } = tried(t, kind, { target: dnat })
      await capture.prepare({ guarded: [guardOf(served(four))], addresses: [] })
      await capture.apply(wanted(served(four)))
      await capture.remove()
      t.equal(onLo(), before)
    })

    t.test('an address that somebody took away comes back', async t => {
      const { capture } = tried(t, kind, { target: dnat })
      await capture.apply(wanted(served(four)))
      run('ip', 'address', 'delete', '169.254.77.1/32', 'dev', 'lo')
      await capture.apply(wanted(served(four)))
      t.match(onLo(), '169.254.77.1/32')
    })

    t.test('what a killed run left on lo is cleaned up, and said', async t => {
      const { capture } = tried(t, kind, { families, target: dnat })
      await capture.apply(all)
      const removed = await cleanup({ host: machine, addresses: localAddresses, report: () => undefined })
      t.ok(removed.includes('IPv4 address 169.254.77.1 on lo'))
      t.ok(removed.includes('IPv6 address fd00:77::1 on lo'))
      t.notMatch(onLo(), '77')
    })
    t.end()
  })
}

await inNamespace(import.meta.url, () => {
  buildNode()
  addOutside()
  addIpv6()
  addBarePod()
  onBackend('nft')
  onBackend('legacy')
})
