import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { besideOthers } from '../beside-others.js'
import { run, without } from '../capture/commands.js'
import { exchange } from '../cli/stage.js'
import { onEachBackend } from '../services/each-backend.js'
import { startStage } from '../services/stage.js'
import { rulesNow } from '../services/tables.js'

const promised = 10_000

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend)
  const { portal } = stage
  const { node } = stage.clients
  const [web = ''] = await stage.deploy('web')
  stage.expose('web', { ipFamilyPolicy: 'PreferDualStack' })
  await stage.synced()
  const there = stage.clusterIp('web')

  const emptied = (program: string): void => {
    for (const table of ['nat', 'filter']) for (const verb of ['-F', '-X']) run(program, '-t', table, verb)
  }
  const deeds: Readonly<Record<string, () => void>> = {
    'somebody flushed all tables': () => {
      emptied(`iptables-${backend}`)
      emptied(`ip6tables-${backend}`)
    },
    'somebody put a rule before ours': () => {
      for (const program of [`iptables-${backend}`, `ip6tables-${backend}`])
        run(program, '-t', 'nat', '-I', 'OUTPUT', '-p', 'tcp', '--dport', '80', '-j', 'ACCEPT')
    },
    ...(backend === 'nft' &&
      without('nft', '--version') === false && {
        'somebody flushed the ruleset of nft': () => run('nft', 'flush', 'ruleset'),
      }),
  }
  for (const [what, deed] of Object.entries(deeds))
    t.test(`after ${what}, ours are back within 10 s, and connections live on (${backend})`, async t => {
      const before = await rulesNow(backend, 'IPv4')
      const open = await node.connect(there)
      const from = portal.now()
      const began = performance.now()
      deed()
      t.not(await node.tcp(there), web)
      for (const family of ['IPv4', 'IPv6'] as const)
        await portal.event(
          `${family} to be repaired`,
          (event): event is typeof event & { family: typeof family } =>
            isOf('rules-repaired')(event) && event.family === family,
          from,
        )
      t.ok(performance.now() - began < besideOthers(promised))
      t.equal(await node.tcp(there), web)
      t.equal(String(await exchange(open, 'hostname')).trim(), web)
      const ours = (rules: readonly string[]): readonly string[] =>
        rules.filter(rule => rule.includes('KUBE-'))
      t.strictSame(ours(await rulesNow(backend, 'IPv4')), ours(before))
      t.ok(portal.words().some(text => text.startsWith('put back: ')))
    })
})
