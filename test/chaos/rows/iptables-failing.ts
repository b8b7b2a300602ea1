import t from 'tap'
import { setTimeout as after } from 'node:timers/promises'
import { isOf } from '../../../examples/demo/portal-process.js'
import { exchange } from '../../cli/stage.js'
import { FaultyIptables, type Way, type Which, withFaultyIptables } from '../../faults/faulty-iptables.js'
import { inNamespace } from '../../namespace.js'
import { startStage } from '../../services/stage.js'
import { callers } from '../callers.js'
import { saw } from '../saw.js'

/** How long each fault lasts. */
const lasting = Number(process.env.CHAOS_SECONDS ?? 30) * 1000

const faults: readonly (readonly [Way, Which])[] = [
  ['hanging', {}],
  ['hanging', { verbs: ['restore'] }],
  ['hanging', { families: ['IPv6'] }],
  ['missing', {}],
  ['locked', { verbs: ['restore'] }],
  ['killed', {}],
  ['talking', { verbs: ['save'] }],
  ['slow', {}],
  ['failing after the first table', { verbs: ['restore'] }],
  ['killed after its work', { verbs: ['restore'] }],
]

await inNamespace(import.meta.url, async () => {
  const iptables = new FaultyIptables('nft')
  await iptables.install()
  const stage = await startStage('nft', { runner: withFaultyIptables })
  const { portal } = stage
  const { node } = stage.clients
  const [web = ''] = await stage.deploy('web')
  const service = { selector: { app: 'web' }, ipFamilyPolicy: 'PreferDualStack' }
  stage.expose('web', service)
  await stage.synced()
  const there = stage.clusterIp('web')

  for (const [index, [way, which]] of faults.entries()) {
    const what = `iptables ${way}${which.verbs ? ` (${which.verbs.join()})` : ''}${which.families ? ` (${which.families.join()})` : ''}`
    t.test(what, async t => {
      const open = await Promise.all(Array.from({ length: 10 }, () => node.connect(there)))
      const calling = callers({ client: node, to: there, isServed: answer => answer === web, rate: 50 })
      const from = portal.now()
      await iptables.fail(way, which)
      stage.expose(`next-${index}`, service)
      await after(lasting)
      const attempts = portal.events(from).filter(isOf('sync-failed')).length
      const worksAgain = performance.now()
      await iptables.work()
      let answers = ['', '']
      const next = (['IPv4', 'IPv6'] as const).map(family => stage.clusterIp(`next-${index}`, 80, family))
      while (answers.some(answer => answer !== web) && performance.now() - worksAgain < 60_000) {
        answers = await Promise.all(next.map(each => node.tcp(each)))
        await after(100)
      }
      const converged = performance.now() - worksAgain
      const { answered, failures } = await calling.stop()
      const lived = await Promise.all(
        open.map(async socket => String(await exchange(socket, 'hostname')).trim()),
      )
      const broken = lived.filter(answer => answer !== web).length
      saw(t, {
        fault: `${what}, for ${lasting / 1000} s`,
        promise: 'nothing that worked stops working, converged within 35 s after',
        seen: `${failures.length} of ${answered + failures.length} new connections failed, ${broken} of ${open.length} open ones broke; ${attempts} syncs failed; converged ${(converged / 1000).toFixed(1)} s after`,
        kept: failures.length === 0 && broken === 0 && answered > 0 && converged < 35_000,
      })
    })
  }
})
