import t from 'tap'
import { nothingWanted, type Wanted } from '../../lib/capture/capture.js'
import type { Host } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { inNamespace } from '../namespace.js'
import { type UdpClient, udpClient, udpClientIn } from '../udp-client.js'
import { run, runAll, without } from './commands.js'
import { buildNode, inPod, listenUdp, nodeAddress } from './node-and-pod.js'
import { tried } from './tried.js'
import { refused, served, wanted } from './wanted.js'

const dns = { name: 'shop/dns', address: '10.96.0.12', port: 53, protocol: 'UDP' } as const
const here = wanted(served({ ...dns, localPort: 14_002 }))
const moved = wanted(served({ ...dns, localPort: 14_003 }))
const empty = wanted(refused({ ...dns, localPort: 14_002 }))
const withoutConntrack: Host = {
  ...machine,
  run: (program, args, options) =>
    program === 'conntrack'
      ? Promise.reject(Object.assign(new Error('spawn conntrack ENOENT'), { code: 'ENOENT' }))
      : machine.run(program, args, options),
}

/** What each of `clients` hears to its next datagram, in turn. */
const heard = async (clients: readonly UdpClient[]): Promise<readonly string[]> => {
  const answers: string[] = []
  for (const client of clients) answers.push(await client.ask())
  return answers
}

const onBackend = (kind: 'nft' | 'legacy'): void => {
  const skip = without(`iptables-${kind}-save`) || without('conntrack', '--dump')
  t.test(`clients that keep their source port, with iptables-${kind}`, { skip }, async t => {
    const talk = { host: '10.96.0.12', port: 53, from: 5000 }
    const both = [await udpClient(talk), udpClientIn(inPod, talk)]
    t.teardown(() => both.forEach(client => client.close()))

    t.test('follow when the local port changes', async t => {
      const { capture } = tried(t, kind)
      await capture.apply(here)
      t.strictSame(await heard(both), ['14002', '14002'])
      await capture.apply(moved)
      t.strictSame(await heard(both), ['14003', '14003'])
    })

    t.test('are refused when there are no endpoints, and served when there are again', async t => {
      const { capture } = tried(t, kind)
      await capture.apply(here)
      t.strictSame(await heard(both), ['14002', '14002'])
      await capture.apply(empty)
      t.strictSame(await heard(both), ['ECONNREFUSED', 'ECONNREFUSED'])
      await capture.apply(here)
      t.strictSame(await heard(both), ['14002', '14002'])
    })

    t.test('are served when their Service is deleted and made anew', async t => {
      const { capture } = tried(t, kind)
      await capture.apply(here)
      t.strictSame(await heard(both), ['14002', '14002'])
      await capture.apply(nothingWanted)
      t.strictSame(await heard(both), ['SILENCE', 'SILENCE'])
      await capture.apply(moved)
      t.strictSame(await heard(both), ['14003', '14003'])
    })

    t.test('are served again after we stopped and started, though they never stopped', async t => {
      const before = tried(t, kind)
      await before.capture.apply(here)
      t.strictSame(await heard(both), ['14002', '14002'])
      await before.capture.remove()
      t.strictSame(await heard(both), ['SILENCE', 'SILENCE'])
      const { capture } = tried(t, kind)
      await capture.apply(here)
      t.strictSame(await heard(both), ['14002', '14002'])
    })

    t.test(
      'stay where they were without conntrack, which is said once, and follow with the next run',
      async t => {
        const { capture, events } = tried(t, kind, { host: withoutConntrack })
        await capture.apply(here)
        t.strictSame(await heard(both), ['14002', '14002'])
        t.strictSame(await capture.apply(moved), ['IPv4'], 'the rules are written')
        t.strictSame(await capture.apply(moved), [])
        t.strictSame(await heard(both), ['14002', '14002'])
        t.strictSame(
          events.filter(({ type }) => type === 'conntrack-failed'),
          [
            {
              type: 'conntrack-failed',
              reason: 'there is no program conntrack here',
              cure: 'install it (apt-get install conntrack, dnf install conntrack-tools)',
            },
          ],
        )
        t.strictSame(await tried(t, kind).capture.apply(moved), [])
        t.strictSame(await heard(both), ['14003', '14003'])
      },
    )
  })

  t.test(
    `clients of a node port follow when its local port changes, with iptables-${kind}`,
    { skip },
    async t => {
      const { capture } = tried(t, kind)
      const at = (localPort: number): Wanted =>
        wanted(served({ nodePort: 30_053, protocol: 'UDP', localPort }), served({ ...dns, localPort }))
      const talk = { host: nodeAddress, port: 30_053, from: 5001 }
      const both = [await udpClient(talk), udpClientIn(inPod, talk)]
      t.teardown(() => both.forEach(client => client.close()))
      await capture.apply(at(14_002))
      t.strictSame(await heard(both), ['14002', '14002'])
      await capture.apply(at(14_003))
      t.strictSame(await heard(both), ['14003', '14003'])
      await capture.apply(nothingWanted)
      t.strictSame(await heard(both), ['ECONNREFUSED', 'ECONNREFUSED'])
      await capture.apply(at(14_002))
      t.strictSame(await heard(both), ['14002', '14002'])
    },
  )

  t.test(`somebody else's clients are left alone, with iptables-${kind}`, { skip }, async t => {
    const { capture } = tried(t, kind)
    const rule = 'OUTPUT -d 10.99.0.12 -p udp --dport 53 -j REDIRECT --to-ports 14002'
    runAll(`iptables-${kind} -t nat -A ${rule}`)
    t.teardown(() => runAll(`iptables-${kind} -t nat -D ${rule}`))
    const foreign = await udpClient({ host: '10.99.0.12', port: 53 })
    t.teardown(() => foreign.close())
    await capture.apply(here)
    t.equal(await foreign.ask(), '14002')
    const entries = (): string =>
      run('conntrack', '--dump', '--proto', 'udp', '--orig-dst', '10.99.0.12', '--output', 'id').replace(
        /^udp +\d+ \d+ /gm,
        '',
      )
    const before = entries()
    t.match(before, /sport=14002 .* id=\d+/)
    for (const next of [moved, empty, here, nothingWanted]) await capture.apply(next)
    await capture.remove()
    t.equal(entries(), before)
  })
}

await inNamespace(import.meta.url, async () => {
  buildNode()
  await listenUdp(14_002)
  await listenUdp(14_003)
  onBackend('nft')
  onBackend('legacy')
})
