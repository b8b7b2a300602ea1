import t, { type Test } from 'tap'
import { Iptables } from '../../lib/capture/iptables.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import type { Host } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { FakeClock } from '../fake-clock.js'
import { inNamespace } from '../namespace.js'
import { run, runAll, without } from './commands.js'
import { refused, served, wanted } from './wanted.js'

const cart = served({ address: '10.96.0.10', localPort: 14_000 })
const all = wanted(
  cart,
  served({ name: 'shop/web', nodePort: 30_080, localPort: 14_001 }),
  refused({ name: 'shop/empty', address: '10.96.0.11', localPort: 14_002 }),
)

type Kind = 'nft' | 'legacy'

/** A capture that remembers, has put `all` into force, and says what it repaired. */
const standing = async (t: Test, kind: Kind, host: Host = machine) => {
  const events: ProxyEvent[] = []
  const clock = new FakeClock()
  const capture = new Iptables({
    ...{ host, backend: { kind, infix: `-${kind}` }, families: ['IPv4'], addresses: () => [] },
    report: event => void events.push(event),
    memory: { clock, span: seconds(10) },
  })
  t.teardown(() => capture.remove())
  await capture.apply(all)
  const repairs = () => events.flatMap(event => (event.type === 'rules-repaired' ? [event] : []))
  return { capture, clock, repairs }
}

/** What others do: commands for `iptables`, and what is still there of theirs afterwards. */
const deeds: Readonly<Record<string, string>> = {
  'flushing nat': '-t nat -F',
  'deleting one of our rules': '-t nat -D KUBE-PORTALS-HOST 1',
  'changing one of our rules': '-t nat -R KUBE-PORTALS-HOST 1 -p tcp -d 10.96.0.10/32 -j RETURN',
  'adding a rule to our chain': '-t nat -I KUBE-PORTALS-HOST -j RETURN',
  'deleting our jump': '-t nat -D PREROUTING 1',
  'flushing filter': '-F',
  'flushing the guard': '-F KUBE-NODEPORT-NON-LOCAL',
  'doubling our jump': '-A INPUT -j KUBE-NODEPORT-NON-LOCAL',
}

/** What others put before our jumps, and how it is taken back. */
const displacers: Readonly<Record<string, string>> = {
  'jumping first': '-t nat %s PREROUTING -p udp --dport 9 -j ACCEPT',
  'rejecting before our guard': '%s INPUT -p udp --dport 9 -j REJECT',
  'accepting before our guard': '%s INPUT -p udp --dport 9 -j ACCEPT',
}

const onBackend = (kind: Kind): void => {
  t.test(`with iptables-${kind}`, { skip: without(`iptables-${kind}-save`) }, t => {
    const iptables = (text: string): string => run(`iptables-${kind}`, ...text.split(' '))
    const saved = (): string => run(`iptables-${kind}-save`).replaceAll(/^#.*\n|\[\d+:\d+\]/gm, '')

    const repairedAfter = async (t: Test, deed: () => void, undo: () => void): Promise<void> => {
      const { capture, repairs } = await standing(t, kind)
      const before = saved()
      t.equal(await capture.isIntact(), true)
      deed()
      t.equal(await capture.isIntact(), false)
      t.strictSame(repairs(), [])
      t.match(await capture.apply(all), { written: ['IPv4'], failures: [] })
      t.equal(repairs().length, 1)
      t.equal(await capture.isIntact(), true)
      undo()
      t.equal(saved(), before)
      await capture.apply(all)
      t.equal(repairs().length, 1)
    }

    for (const [name, deed] of Object.entries(deeds))
      t.test(`${name} is noticed, and undone`, t =>
        repairedAfter(
          t,
          () => void iptables(deed),
          () => undefined,
        ),
      )
    for (const [name, rule] of Object.entries(displacers))
      t.test(`${name} is noticed, and then it is second`, t =>
        repairedAfter(
          t,
          () => void iptables(rule.replace('%s', '-I')),
          () => void iptables(rule.replace('%s', '-D')),
        ),
      )
    t.test('flushing and deleting all chains is noticed, and undone', t =>
      repairedAfter(
        t,
        () =>
          runAll(`
            iptables-${kind} -t nat -F
            iptables-${kind} -t nat -X
            iptables-${kind} -F
            iptables-${kind} -X
          `),
        () => undefined,
      ),
    )
    t.test('replacing the whole table is noticed, and undone', t =>
      repairedAfter(
        t,
        () =>
          void run('sh', '-c', `printf '*nat\\n:OUTPUT ACCEPT [0:0]\\nCOMMIT\\n' | iptables-${kind}-restore`),
        () => undefined,
      ),
    )

    t.test('what is none of our business is no damage', async t => {
      const { capture } = await standing(t, kind)
      for (const rule of ['-A INPUT', '-t nat -A PREROUTING', '-t nat -A POSTROUTING'])
        iptables(`${rule} -p udp --dport 9 -j ACCEPT`)
      t.equal(await capture.isIntact(), true)
      runAll(`
        iptables-${kind} -D INPUT -p udp --dport 9 -j ACCEPT
        iptables-${kind} -t nat -D PREROUTING -p udp --dport 9 -j ACCEPT
        iptables-${kind} -t nat -D POSTROUTING -p udp --dport 9 -j ACCEPT
      `)
    })

    t.test('whoever insists on being first is named, and counted', async t => {
      const { capture, clock, repairs } = await standing(t, kind)
      const insist = async (): Promise<void> => {
        iptables('-I INPUT -p udp --dport 9 -j ACCEPT')
        await capture.isIntact()
        await capture.apply(all)
        iptables('-D INPUT -p udp --dport 9 -j ACCEPT')
      }
      for (const pause of [0, 5000, 60_000, 600_000]) {
        await clock.pass(pause)
        await insist()
      }
      t.strictSame(
        repairs().map(({ times }) => times),
        [1, 2, 3, 1],
      )
      t.match(repairs()[0], { missing: 0, displacedBy: /--dport 9 -j ACCEPT/ })
    })
    t.end()
  })
}

await inNamespace(import.meta.url, () => {
  onBackend('nft')
  onBackend('legacy')

  t.test('flushing all of nft is noticed, and undone', { skip: without('nft', '--version') }, async t => {
    const { capture, repairs } = await standing(t, 'nft')
    run('nft', 'flush', 'ruleset')
    t.equal(await capture.isIntact(), false)
    await capture.apply(all)
    t.equal(await capture.isIntact(), true)
    const [{ missing, of } = { missing: 0, of: 1 }] = repairs()
    t.equal(missing, of)
  })

  t.test('a look while we write ourselves finds no damage', async t => {
    let release: () => void = () => undefined
    const slow: Host = {
      ...machine,
      run: async (program, args, options) => {
        const output = await machine.run(program, args, options)
        if (program.endsWith('-save') && looking) await new Promise<void>(resolve => (release = resolve))
        return output
      },
    }
    let looking = false
    const { capture, repairs } = await standing(t, 'nft', slow)
    looking = true
    const look = capture.isIntact()
    await capture.apply(wanted(cart))
    looking = false
    release()
    t.equal(await look, true)
    t.match(await capture.apply(all), { written: ['IPv4'] }, 'what was read before is not believed')
    t.equal(await capture.isIntact(), true)
    t.strictSame(repairs(), [])
  })

  t.test('of a program that hung no sync waits again, until a look has shown that it answers', async t => {
    const state = { hangs: false, asked: 0 }
    const host: Host = {
      ...machine,
      run: (program, args, options) => {
        state.asked += 1
        if (!state.hangs) return machine.run(program, args, options)
        return Promise.reject(Object.assign(new Error('killed'), { code: 'ETIMEDOUT' }))
      },
    }
    const { capture } = await standing(t, 'nft', host)
    state.hangs = true
    t.match(await capture.apply(wanted(cart)), { failures: [{ error: { message: /did not end in time/ } }] })
    t.equal(await capture.isIntact(), true, 'nobody can tell')
    state.hangs = false
    state.asked = 0
    t.match(await capture.apply(wanted(cart)), { failures: [{ family: 'IPv4' }] })
    t.equal(state.asked, 0)
    t.equal(await capture.isIntact(), false)
    t.match(await capture.apply(wanted(cart)), { written: ['IPv4'], failures: [] })
  })
})
