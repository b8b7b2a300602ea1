import t, { type Test } from 'tap'
import { Iptables } from '../../lib/capture/iptables.js'
import type { Host } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { FakeClock } from '../fake-clock.js'
import { inNamespace } from '../namespace.js'
import { run, without } from './commands.js'
import { whole } from './whole.js'
import { served, wanted } from './wanted.js'

const cart = served({ address: '10.96.0.10', localPort: 14_000 })
const web = served({ name: 'shop/web', address: '10.96.0.11', localPort: 14_001 })
const one = wanted(cart)
const two = wanted(cart, web)

const backend = { kind: 'nft', infix: '-nft' } as const

/** A capture that remembers for 10 s, and what programs it ran, in short. */
const remembering = (t: Test) => {
  const programs: string[] = []
  const clock = new FakeClock()
  const broken = { restore: false }
  const host: Host = {
    ...machine,
    run: (program, args, options) => {
      const [verb = program] = /save|restore|conntrack/.exec(program) ?? []
      programs.push(verb)
      const input = broken.restore && verb === 'restore' ? '*nonsense\nCOMMIT\n' : options.input
      return machine.run(program, args, { ...options, ...(input !== undefined && { input }) })
    },
  }
  const capture = whole(
    new Iptables({
      ...{ host, backend, families: ['IPv4'], addresses: () => [], report: () => undefined },
      memory: { clock, span: seconds(10) },
    }),
  )
  t.teardown(() => capture.remove())
  return { capture, clock, broken, ran: (): string[] => programs.splice(0) }
}

await inNamespace(import.meta.url, () => {
  const skip = without('iptables-nft-save')

  t.test('for a while, what is there is known without a look', { skip }, async t => {
    const { capture, clock, ran } = remembering(t)
    t.strictSame(await capture.apply(one), ['IPv4'])
    t.strictSame(ran(), ['save', 'restore'])
    t.strictSame(await capture.apply(one), [])
    t.strictSame(ran(), [], 'not a process for what did not change')
    await capture.prepare({ guarded: two.guarded, addresses: [] })
    t.strictSame(await capture.apply(two), ['IPv4'])
    t.strictSame(ran(), ['restore', 'restore'], 'the guard, then the portal')
    t.match(run('iptables-nft-save'), /-d 10\.96\.0\.11\/32 .* --to-ports 14001/)
    await clock.pass(10_000)
    t.strictSame(await capture.apply(two), [])
    t.strictSame(ran(), ['save'])
  })

  t.test(
    'what somebody else did is undone at the next look, which is not put off by writing',
    { skip },
    async t => {
      const { capture, clock } = remembering(t)
      await capture.apply(one)
      run('iptables-nft', '-t', 'nat', '-F', 'KUBE-PORTALS-HOST')
      await clock.pass(6_000)
      await capture.apply(two)
      run('iptables-nft', '-t', 'nat', '-F', 'KUBE-PORTALS-HOST')
      t.strictSame(await capture.apply(two), [])
      await clock.pass(6_000)
      t.strictSame(await capture.apply(two), ['IPv4'])
      t.match(run('iptables-nft-save'), /-A KUBE-PORTALS-HOST -d 10\.96\.0\.10/)
    },
  )

  t.test('after a write that failed, memory is not believed', { skip }, async t => {
    const { capture, broken, ran } = remembering(t)
    await capture.apply(one)
    broken.restore = true
    await t.rejects(capture.apply(two))
    broken.restore = false
    ran()
    t.strictSame(await capture.apply(two), ['IPv4'])
    t.strictSame(ran(), ['save', 'restore'])
  })

  t.test('a removal looks at what is there, whatever is remembered', { skip }, async t => {
    const { capture } = remembering(t)
    await capture.apply(one)
    run('iptables-nft', '-t', 'nat', '-N', 'KUBE-NODEPORT-HOST')
    t.ok((await capture.remove()).some(line => line.includes('KUBE-NODEPORT-HOST')))
    t.notMatch(run('iptables-nft-save'), 'KUBE-')
  })
})
