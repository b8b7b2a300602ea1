import { setInterval } from 'node:timers/promises'
import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { inNamespace } from '../namespace.js'
import { rulesNow } from '../services/tables.js'
import { startFaultStage } from './stage.js'

const seconds = 6

await inNamespace(import.meta.url, async () => {
  const it = await startFaultStage()
  const { stage } = it
  const { node } = stage.clients
  const [web] = await stage.deploy('web')
  const both = { ipFamilyPolicy: 'PreferDualStack' }

  /** Makes Services and takes away those made long before, so often a second, each change one that rules show. */
  const storm = async (): Promise<void> => {
    let changes = 0
    for await (const began of setInterval(10, performance.now())) {
      // As many as are due by now: a machine that has much to do makes its ticks late.
      const due = Math.min(performance.now() - began, seconds * 1000)
      for (; changes < due; changes++) {
        const number = changes >> 1
        if (changes % 2 === 0) stage.expose(`storm-${number}`, { ...both, selector: { app: 'web' } })
        else if (number >= 20) stage.remove('services', `storm-${number - 20}`)
      }
      if (changes >= seconds * 1000) return
    }
  }

  t.test(
    'of 1,000 changes a second come at most 5 restores a second, and the last of all is in force',
    async t => {
      const portal = await it.startAnyway()
      await portal.synced()
      const from = portal.now()
      const began = performance.now()
      await storm()
      // Also in the first second, in which two syncs may follow each other at once, so that a lone change never waits.
      const lasted = Math.ceil((performance.now() - began) / 1000)
      const restores = portal.events(from).filter(isOf('rules-written')).length
      t.ok(restores > 5, 'some of it is in force before it is over')
      t.ok(restores <= 5 * lasted, `${restores} restores in ${lasted} s`)
      stage.expose('last', { ...both, selector: { app: 'web' } })
      await portal.served('default/last/TCP', 1, from)
      t.equal(await node.tcp(stage.clusterIp('last')), web)
      for (const family of ['IPv4', 'IPv6'] as const) {
        const captured = (await rulesNow('nft', family)).flatMap(
          rule => /default\/(storm-\d+|last)/.exec(rule)?.[1] ?? [],
        )
        const there = stage.objects.list('services').map(({ metadata: { name } }) => name)
        t.strictSame([...new Set(captured)].sort(), there.filter(name => /^(storm|last)/.test(name)).sort())
      }
    },
  )
})
