import t from 'tap'
import { inNamespace } from '../namespace.js'
import { heard } from './ask.js'
import { run, runAll, without } from './commands.js'
import { addOutside, buildNode, listenTcp, outside } from './node-and-pod.js'
import { tried } from './tried.js'
import { served, wanted } from './wanted.js'

const all = wanted(
  served({ address: '10.96.0.10', localPort: 14_000 }),
  served({ nodePort: 30_080, localPort: 14_000 }),
)

const onBackend = (kind: 'nft' | 'legacy'): void => {
  t.test(`with iptables-${kind}`, { skip: without(`iptables-${kind}-save`) }, t => {
    const nat = (...args: readonly string[]): string => run(`iptables-${kind}`, '-t', 'nat', ...args)
    const saved = (): string =>
      run(`iptables-${kind}-save`, '-t', 'nat').replaceAll(/^#.*\n|\[\d+:\d+\]/gm, '')
    const docker = ['-m', 'addrtype', '--dst-type', 'LOCAL', '-j', 'DOCKER'] as const
    const targets = (chain: string): string[] =>
      [...nat('-S', chain).matchAll(/^-A .* -j (\S+)/gm)].map(([, target = '']) => target)

    t.test("Docker's rules stay where they are, before and after ours, and so do we", async t => {
      nat('-N', 'DOCKER')
      nat('-A', 'PREROUTING', ...docker)
      nat('-A', 'OUTPUT', '!', '-d', '127.0.0.0/8', ...docker)
      const before = saved()
      const { capture } = tried(t, kind)
      await capture.apply(all)
      t.strictSame(targets('PREROUTING'), ['KUBE-PORTALS-CONTAINER', 'DOCKER', 'KUBE-NODEPORT-CONTAINER'])
      // So Docker does when it starts anew.
      nat('-D', 'PREROUTING', ...docker)
      nat('-A', 'PREROUTING', ...docker)
      t.strictSame(await capture.apply(all), [])
      t.strictSame(targets('PREROUTING'), ['KUBE-PORTALS-CONTAINER', 'KUBE-NODEPORT-CONTAINER', 'DOCKER'])
      nat('-I', 'PREROUTING', ...docker)
      await capture.apply(all)
      t.strictSame(targets('PREROUTING'), [
        'KUBE-PORTALS-CONTAINER',
        'DOCKER',
        'KUBE-NODEPORT-CONTAINER',
        'DOCKER',
      ])
      t.equal(await heard(outside, 'tcp 198.51.100.1 30080'), '14000')
      nat('-D', 'PREROUTING', ...docker)
      await capture.remove()
      t.equal(saved(), before)
      nat('-F')
      nat('-X')
    })

    t.test(
      "a portal's chain that somebody emptied, and a node port's jump that somebody took, come back",
      async t => {
        const { capture } = tried(t, kind)
        await capture.apply(all)
        const before = saved()
        nat('-F', 'KUBE-NODEPORT-CONTAINER')
        nat('-F', 'OUTPUT')
        t.strictSame(await capture.apply(all), ['IPv4'])
        t.equal(saved(), before)
      },
    )

    t.test("what kube-proxy's userspace mode left is taken over", async t => {
      runAll(`
        iptables-${kind} -t nat -N KUBE-NODEPORT-HOST
        iptables-${kind} -t nat -A KUBE-NODEPORT-HOST -p tcp --dport 30080 -j DNAT --to-destination 192.0.2.1:40000
        iptables-${kind} -t nat -A OUTPUT -m addrtype --dst-type LOCAL -j KUBE-NODEPORT-HOST
      `)
      const { capture } = tried(t, kind)
      await capture.apply(all)
      t.strictSame(targets('OUTPUT'), ['KUBE-PORTALS-HOST', 'KUBE-NODEPORT-HOST'])
      t.equal(await heard([], 'tcp 127.0.0.1 30080'), '14000')
    })

    t.test('chains that only look like ours stay', async t => {
      for (const name of ['KUBE-PORTALFOO', 'KUBE-PORTAL-0123456789ABC', 'KUBE-NODEPORTS']) nat('-N', name)
      const before = saved()
      const { capture } = tried(t, kind)
      await capture.apply(all)
      await capture.remove()
      t.equal(saved(), before)
      nat('-X')
    })
    t.end()
  })
}

await inNamespace(import.meta.url, async () => {
  buildNode()
  addOutside()
  await listenTcp(14_000)
  onBackend('nft')
  onBackend('legacy')
})
