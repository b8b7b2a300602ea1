import t from 'tap'
import { type EventOf, isOf } from '../../examples/demo/portal-process.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { callers } from '../chaos/callers.js'
import { exchange } from '../cli/stage.js'
import { inNamespace } from '../namespace.js'
import { unserved } from '../services/heard.js'
import { startStage } from '../services/stage.js'
import { FaultyIptables, type Way, type Which, withFaultyIptables } from './faulty-iptables.js'

const restores: Which = { verbs: ['restore'] }

/** Each in its turn; and what is said of it. */
const trials: readonly (readonly [Way, Which, RegExp])[] = [
  ['locked', restores, /is locked by another program.*what to do: .*fuser/],
  ['missing', {}, /there is no program .*what to do: install it/],
  ['killed', {}, /signal 9 ended it/],
  ['failing after the first table', restores, /refused/],
  ['killed after its work', restores, /signal 9 ended it/],
]

const failedAgain = (event: ProxyEvent): event is EventOf<'sync-failed'> =>
  isOf('sync-failed')(event) && event.again

await inNamespace(import.meta.url, async () => {
  const iptables = new FaultyIptables('nft')
  await iptables.install()
  const stage = await startStage('nft', { runner: withFaultyIptables })
  const { node } = stage.clients
  const { portal } = stage
  const [web = ''] = await stage.deploy('web')
  const other = { selector: { app: 'web' } }
  stage.expose('web')
  stage.expose('former', other)
  await stage.synced()
  const there = stage.clusterIp('web')
  const calling = callers({ client: node, to: there, isServed: answer => answer === web, rate: 50 })
  let known = 'former'

  for (const [way, which, reason] of trials)
    t.test(
      `while iptables is ${way}, nothing stops working, and afterwards what changed is in force`,
      async t => {
        const from = portal.now()
        const said = portal.words().length
        const open = await node.connect(there)
        await iptables.fail(way, which)
        const name = way.replaceAll(' ', '-')
        const former = stage.clusterIp(known)
        stage.expose(name, other)
        stage.remove('services', known)
        await portal.event('a failure once more', failedAgain, from)
        t.equal(String(await exchange(open, 'hostname')).trim(), web)
        await iptables.work()
        await portal.served(`default/${name}/TCP`, 1, from)
        t.equal(await node.tcp(stage.clusterIp(name)), web)
        t.equal(await node.tcp(former), unserved)
        const told = portal.words().slice(said)
        t.ok(
          told.some(text => reason.test(text)),
          'the reason is said',
        )
        const reasons = portal
          .events(from)
          .filter(isOf('sync-failed'))
          .filter(({ again }) => !again)
        t.equal(new Set(reasons.map(each => each.reason)).size, reasons.length, 'each once')
        known = name
      },
    )

  t.test(
    'while only IPv6 fails, IPv4 goes on, and IPv6 is tried again with nothing to remind it',
    async t => {
      await iptables.fail('refusing', { families: ['IPv6'] })
      const from = portal.now()
      stage.expose('both', { ...other, ipFamilyPolicy: 'PreferDualStack' })
      const failed = await portal.event('IPv6 to fail', isOf('family-failed'), from)
      t.match(failed, { family: 'IPv6', cure: /tried again/ })
      await portal.served('default/both/TCP', 1, from)
      t.equal(await node.tcp(stage.clusterIp('both')), web)
      const back = portal.now()
      await iptables.work()
      await portal.event('IPv6 rules', isOf('rules-written'), back)
      await portal.synced(back)
      t.equal(await node.tcp(stage.clusterIp('both', 80, 'IPv6')), web)
    },
  )

  t.test('through all of it, every call was answered', async t => {
    const { answered, failures } = await calling.stop()
    t.strictSame(failures, [])
    t.ok(answered > 100)
  })
})
