import t from 'tap'
import type { Wanted } from '../../lib/capture/capture.js'
import { cidr } from '../../lib/model/cidr.js'
import { type Family, ipAddress } from '../../lib/model/ip-address.js'
import { inNamespace } from '../namespace.js'
import { heard } from './ask.js'
import { run, without } from './commands.js'
import { addIpv6, addOutside, buildNode, inPod, listenTcp, listenUdp, outside } from './node-and-pod.js'
import { tried } from './tried.js'
import { dropped, refused, served, wanted } from './wanted.js'

interface Addresses {
  readonly program: string
  readonly external: string
  /** The node's own: towards its pod, towards the outside, and to itself. */
  readonly podSide: string
  readonly outSide: string
  readonly loopback: string
  readonly podRange: string
  readonly outRange: string
}

const here: readonly string[] = []
const addresses: Readonly<Record<Family, Addresses>> = {
  IPv4: {
    program: 'iptables',
    external: '203.0.113.7',
    podSide: '10.244.0.1',
    outSide: '198.51.100.1',
    loopback: '127.0.0.1',
    podRange: '10.244.0.0/24',
    outRange: '198.51.100.0/24',
  },
  IPv6: {
    program: 'ip6tables',
    external: '2001:db8:7::7',
    podSide: 'fd00:244::1',
    outSide: '2001:db8:2::1',
    loopback: '::1',
    podRange: 'fd00:244::/64',
    outRange: '2001:db8:2::/64',
  },
}

const on = (kind: 'nft' | 'legacy', family: Family): void => {
  const { program, external, podSide, outSide, loopback, podRange, outRange } = addresses[family]
  const command = `${program}-${kind}`
  const web = { nodePort: 30_080, family, localPort: 14_000 } as const
  const dns = { nodePort: 30_053, family, protocol: 'UDP', localPort: 14_002 } as const
  const cart = { kind: 'external-ip', address: external, localPort: 14_000 } as const
  const echo = { ...cart, port: 53, protocol: 'UDP', localPort: 14_002 } as const
  const atCart = `tcp ${external} 80`
  const ownPods = { kind: 'cidrs', cidrs: [cidr(podRange)] } as const

  t.test(`with ${command}`, { skip: without(`${command}-save`) }, t => {
    t.test('a node port is at every address of this machine, for everybody', async t => {
      const { capture } = tried(t, kind, { families: [family] })
      await capture.apply(wanted(served(web), served(dns)))
      const at = (address: string): string[] => [`tcp ${address} 30080`, `udp ${address} 30053`]
      t.equal(await heard(inPod, ...at(podSide), ...at(outSide)), '14000 14002 14000 14002')
      t.equal(await heard(outside, ...at(outSide), ...at(podSide)), '14000 14002 14000 14002')
      t.equal(await heard(here, ...at(loopback), ...at(outSide)), '14000 14002 14000 14002')
      t.equal(await heard(outside, `tcp ${outSide} 30081`), 'ECONNREFUSED')
    })

    t.test('or only at those that are given', async t => {
      const { capture } = tried(t, kind, { families: [family] })
      const all = wanted(served(web), refused({ ...dns, nodePort: 30_054 }))
      await capture.apply({ ...all, nodePortAddresses: [ipAddress(outSide), ipAddress('192.0.2.99')] })
      const everywhere = [`tcp ${outSide} 30080`, `tcp ${podSide} 30080`] as const
      t.equal(await heard(inPod, ...everywhere), '14000 ECONNREFUSED')
      t.equal(await heard(here, ...everywhere, `tcp ${loopback} 30080`), '14000 ECONNREFUSED ECONNREFUSED')
      t.equal(await heard(outside, `udp ${outSide} 30054`), 'ECONNREFUSED')
    })

    t.test('a node port refuses, or says nothing, even where somebody else listens', async t => {
      const { capture } = tried(t, kind, { families: [family] })
      const daemon = { ...web, nodePort: 14_001 }
      await capture.apply(wanted(refused(daemon)))
      t.equal(await heard(outside, `tcp ${outSide} 14001`), 'ECONNREFUSED')
      t.equal(await heard(here, `tcp ${loopback} 14001`), 'ECONNREFUSED')
      await capture.apply(wanted(dropped(daemon), dropped(dns)))
      t.equal(await heard(outside, `tcp ${outSide} 14001`, `udp ${outSide} 30053`), 'SILENCE SILENCE')
      t.equal(await heard(inPod, `tcp ${podSide} 14001`), 'SILENCE')
    })

    t.test('a node port that refuses does not mind a listener on a local port of that number', async t => {
      const { capture } = tried(t, kind, { families: [family] })
      await capture.apply(wanted(served(cart), refused({ ...web, nodePort: 14_000, localPort: 14_001 })))
      for (const where of [inPod, outside, here]) t.equal(await heard(where, atCart), '14000')
    })

    t.test('an external IP is served to everybody', async t => {
      const { capture } = tried(t, kind, { families: [family] })
      await capture.apply(wanted(served(cart), served(echo)))
      for (const where of [inPod, outside, here])
        t.equal(await heard(where, atCart, `udp ${external} 53`), '14000 14002')
    })

    t.test("an external IP that is this machine's own, too, with its other ports left alone", async t => {
      const { capture } = tried(t, kind, { families: [family] })
      await capture.apply(wanted(served({ ...cart, address: outSide })))
      for (const where of [inPod, outside, here])
        t.equal(await heard(where, `tcp ${outSide} 80`, `tcp ${outSide} 14001`), '14000 14001')
    })

    t.test('an external IP refuses or says nothing', async t => {
      const { capture } = tried(t, kind, { families: [family] })
      await capture.apply(wanted(refused(cart), dropped(echo), dropped({ ...cart, port: 81 })))
      for (const where of [inPod, outside])
        t.equal(
          await heard(where, atCart, `udp ${external} 53`, `tcp ${external} 81`),
          'ECONNREFUSED SILENCE SILENCE',
        )
      t.equal(await heard(here, atCart), 'ECONNREFUSED')
    })

    t.test('insiders and outsiders meet different listeners', async t => {
      const { capture } = tried(t, kind, { families: [family] })
      const theirs = { clients: 'outsiders', localPort: 14_001 } as const
      const inside = [served({ ...cart, clients: 'insiders' }), served({ ...web, clients: 'insiders' })]
      const both = wanted(...inside, served({ ...cart, ...theirs }), served({ ...web, ...theirs }))
      const asked = [atCart, `tcp ${outSide} 30080`] as const
      const kinds: readonly Wanted[] = [
        { ...both, ownPods },
        { ...both, ownPods: { kind: 'interface', name: 'pod+' } },
      ]
      for (const each of kinds) {
        await capture.apply(each)
        t.strictSame(await capture.apply(each), [])
        for (const where of [inPod, here]) t.equal(await heard(where, ...asked), '14000 14000')
        t.equal(await heard(outside, ...asked), '14001 14001')
      }
      await capture.apply({ ...both, ownPods: { kind: 'unknown' } })
      t.equal(await heard(inPod, atCart), '14001')
      t.equal(await heard(here, atCart), '14000')
    })

    t.test('insiders are served where outsiders hear nothing', async t => {
      const { capture } = tried(t, kind, { families: [family] })
      const inside = [served({ ...cart, clients: 'insiders' }), served({ ...web, clients: 'insiders' })]
      const none = [dropped({ ...cart, clients: 'outsiders' }), dropped({ ...web, clients: 'outsiders' })]
      await capture.apply({ ...wanted(...inside, ...none), ownPods })
      const asked = [atCart, `tcp ${outSide} 30080`] as const
      for (const where of [inPod, here]) t.equal(await heard(where, ...asked), '14000 14000')
      t.equal(await heard(outside, ...asked), 'SILENCE SILENCE')
    })

    t.test('who is not in the source ranges hears nothing', async t => {
      const { capture } = tried(t, kind, { families: [family] })
      const balanced = { ...cart, kind: 'load-balancer', sources: [outRange] } as const
      await capture.apply(wanted(served(balanced)))
      t.equal(await heard(outside, atCart), '14000')
      t.equal(await heard(inPod, atCart), 'SILENCE')
      await capture.apply(wanted(refused(balanced)))
      t.equal(await heard(outside, atCart), 'ECONNREFUSED')
      t.equal(await heard(inPod, atCart), 'SILENCE')
      const insiders = { ...balanced, clients: 'insiders', sources: [podRange] } as const
      await capture.apply({ ...wanted(served(insiders)), ownPods })
      t.equal(await heard(inPod, atCart), '14000')
    })

    t.test('node ports work on a machine that lets nothing in, and so do health checks', async t => {
      const { capture } = tried(t, kind, { families: [family] })
      run(command, '-P', 'INPUT', 'DROP')
      // Without these IPv6 finds nobody.
      run(command, '-A', 'INPUT', '-p', family === 'IPv6' ? 'ipv6-icmp' : 'icmp', '-j', 'ACCEPT')
      t.teardown(() => [run(command, '-P', 'INPUT', 'ACCEPT'), run(command, '-D', 'INPUT', '1')])
      await capture.apply({ ...wanted(served(web), served(dns)), open: [] })
      const asked = [`tcp ${outSide} 30080`, `udp ${outSide} 30053`, `tcp ${outSide} 14001`] as const
      t.equal(await heard(outside, ...asked), '14000 14002 SILENCE')
      await capture.apply({
        ...wanted(served(web), served(dns)),
        open: [served({ ...web, localPort: 14_001 }).localPort],
      })
      t.equal(await heard(outside, ...asked), '14000 14002 14001')
    })
    t.end()
  })
}

await inNamespace(import.meta.url, async () => {
  buildNode()
  addOutside()
  addIpv6()
  for (const port of [14_000, 14_001]) await listenTcp(port)
  for (const { podSide, outSide, loopback } of Object.values(addresses))
    await listenUdp(14_002, [podSide, outSide, loopback])
  for (const kind of ['nft', 'legacy'] as const)
    for (const family of ['IPv4', 'IPv6'] as const) on(kind, family)
})
