import t from 'tap'
import { Iptables } from '../../lib/capture/iptables.js'
import type { Host } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { inNamespace } from '../namespace.js'
import { run, runAll, without } from './commands.js'
import { tried } from './tried.js'
import { whole } from './whole.js'
import { refused, served, wanted } from './wanted.js'

const cart = served({ address: '10.96.0.10', localPort: 14_000 })
const empty = refused({ name: 'shop/empty', address: '10.96.0.11', localPort: 14_001 })

const onBackend = (kind: 'nft' | 'legacy'): void => {
  t.test(`with iptables-${kind}`, { skip: without(`iptables-${kind}-save`) }, t => {
    const iptables = (...args: readonly string[]): string => run(`iptables-${kind}`, ...args)
    const saved = (): string => run(`iptables-${kind}-save`).replaceAll(/^#.*\n|\[\d+:\d+\]/gm, '')

    t.test('nothing is written where the rules are already right', async t => {
      const { capture, written } = tried(t, kind)
      await capture.apply(wanted(cart, empty))
      t.strictSame(await capture.apply(wanted(empty, cart)), [])
      t.equal(written.length, 1)
    })

    t.test('rules that somebody flushed come back', async t => {
      const { capture } = tried(t, kind)
      await capture.apply(wanted(cart, empty))
      const before = saved()
      for (const table of ['nat', 'filter']) for (const flag of ['-F', '-X']) iptables('-t', table, flag)
      t.strictSame(await capture.apply(wanted(cart, empty)), ['IPv4'])
      t.equal(saved(), before)
    })

    t.test('a jump that is displaced, doubled or lost is put right', async t => {
      const { capture } = tried(t, kind)
      await capture.apply(wanted(cart, empty))
      const before = saved()
      const foreign = ['PREROUTING', '-p', 'tcp', '--dport', '9', '-j', 'ACCEPT']
      iptables('-t', 'nat', '-I', ...foreign)
      iptables('-t', 'nat', '-A', 'OUTPUT', '-j', 'KUBE-PORTALS-HOST')
      iptables('-D', 'FORWARD', '1')
      await capture.apply(wanted(cart, empty))
      t.match(iptables('-t', 'nat', '-S', 'PREROUTING'), /KUBE-PORTALS-CONTAINER\n.*--dport 9 -j ACCEPT\n$/)
      iptables('-t', 'nat', '-D', ...foreign)
      t.equal(saved(), before)
    })

    t.test('removing leaves the machine as it was, however often', async t => {
      const { capture } = tried(t, kind)
      runAll(`
      iptables-${kind} -t nat -N KUBE-NODEPORTS
      iptables-${kind} -t nat -A PREROUTING -m comment --comment it's -j KUBE-NODEPORTS
      iptables-${kind} -A INPUT -p tcp --dport 22 -j ACCEPT
    `)
      const before = saved()
      await capture.apply(wanted(cart, empty))
      iptables('-t', 'nat', '-N', 'KUBE-NODEPORT-HOST')
      iptables(
        '-t',
        'nat',
        '-A',
        'OUTPUT',
        '-m',
        'addrtype',
        '--dst-type',
        'LOCAL',
        '-j',
        'KUBE-NODEPORT-HOST',
      )
      t.strictSame(
        (await capture.remove()).toSorted(),
        [
          'filter: KUBE-NODEPORT-NON-LOCAL with 2 rules',
          'filter: KUBE-PORTAL-REFUSE with 1 rule',
          'filter: the jump from FORWARD to KUBE-PORTAL-REFUSE',
          'filter: the jump from INPUT to KUBE-NODEPORT-NON-LOCAL',
          'filter: the jump from INPUT to KUBE-PORTAL-REFUSE',
          'filter: the jump from OUTPUT to KUBE-PORTAL-REFUSE',
          'nat: KUBE-NODEPORT-HOST with 0 rules',
          'nat: KUBE-PORTALS-CONTAINER with 1 rule',
          'nat: KUBE-PORTALS-HOST with 1 rule',
          'nat: the jump from OUTPUT to KUBE-NODEPORT-HOST',
          'nat: the jump from OUTPUT to KUBE-PORTALS-HOST',
          'nat: the jump from PREROUTING to KUBE-PORTALS-CONTAINER',
        ].map(line => `IPv4 ${kind} ${line}`),
      )
      t.equal(saved(), before)
      t.strictSame(await capture.remove(), [])
      t.equal(saved(), before)
      runAll(`
      iptables-${kind} -t nat -F
      iptables-${kind} -t nat -X
      iptables-${kind} -F
    `)
    })
    t.end()
  })
}

const onAnyBackend = (): void => {
  const backend = { kind: 'nft', infix: '-nft' } as const
  const [report, addresses] = [(): undefined => undefined, () => []]

  t.test('both families are written, and both left alone the second time', async t => {
    const families = ['IPv4', 'IPv6'] as const
    const capture = whole(new Iptables({ host: machine, backend, families, addresses, report }))
    t.teardown(() => capture.remove())
    const both = wanted(cart, served({ address: 'fd00:96::10', localPort: 14_000 }))
    t.strictSame(await capture.apply(both), ['IPv4', 'IPv6'])
    t.strictSame(await capture.apply(both), [])
    t.match(await capture.remove(), [/^IPv4 nft filter/])
    t.notMatch(run('ip6tables-nft-save'), 'KUBE-')
  })

  t.test(
    'a table that iptables cannot read is not written blindly',
    { skip: without('nft', '--version') },
    async t => {
      const capture = whole(new Iptables({ host: machine, backend, families: ['IPv4'], addresses, report }))
      await capture.apply(wanted(cart))
      run('nft', 'add', 'rule', 'ip', 'nat', 'OUTPUT', 'tcp', 'dport', '9', 'redirect', 'to', ':7')
      await t.rejects(capture.apply(wanted(cart)), { code: 'conflict' })
      await t.rejects(capture.remove(), { code: 'conflict' })
      run('nft', 'flush', 'chain', 'ip', 'nat', 'OUTPUT')
      await capture.remove()
    },
  )

  t.test(
    'without privilege, what is missing is said',
    { skip: without('setpriv', '--reuid', '65534', 'true') },
    async t => {
      const nobody = ['--reuid', '65534', '--clear-groups', '--inh-caps=-all']
      const host: Host = {
        ...machine,
        run: (program, args, options) => machine.run('setpriv', [...nobody, program, ...args], options),
      }
      for (const kind of ['nft', 'legacy'] as const) {
        const options = {
          host,
          backend: { kind, infix: `-${kind}` },
          families: ['IPv4'],
          addresses,
          report,
        } as const
        await t.rejects(whole(new Iptables(options)).apply(wanted(cart)), { code: 'missing' })
      }
    },
  )
}

await inNamespace(import.meta.url, () => {
  onBackend('nft')
  onBackend('legacy')
  onAnyBackend()
})
