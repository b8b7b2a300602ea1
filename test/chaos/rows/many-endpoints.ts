import t from 'tap'
import { setTimeout as after } from 'node:timers/promises'
import { delayText } from '../../faults/loop/delay.js'
import { startManyEndpoints } from '../../faults/many-endpoints.js'
import { inNamespace } from '../../namespace.js'
import { callers } from '../callers.js'
import { saw } from '../saw.js'

/** Few: for each list the watch has to fail, and after each failure kube-portal waits for twice as long. */
const rounds = 3

/** The state is written down this much later. */
const written = 6000

await inNamespace(import.meta.url, async () => {
  const big = await startManyEndpoints()
  const { it, stage } = big
  const { node } = stage.clients
  const there = stage.clusterIp('web')
  const web = await node.tcp(there)
  const ways: Readonly<Record<string, () => Promise<void>>> = {
    'relisted, as it was': () => big.relist(),
    'changed whole, one slice after the other': async () => big.change(),
    'relisted, and all of it changed': async () => {
      big.change()
      await big.relist()
    },
  }

  for (const [way, make] of Object.entries(ways))
    t.test(`a Service with 10,000 endpoints is ${way}`, async t => {
      const fault = `a Service with 10,000 endpoints ${way}`
      await it.restart()
      const calling = callers({ client: node, to: there, isServed: answer => answer === web, rate: 50 })
      await big.look()
      for (let round = 0; round < rounds; round++) {
        await make()
        await stage.synced()
        await after(written)
      }
      const { portal, idle } = await big.look()
      const { answered, failures } = await calling.stop()
      saw(t, {
        ...{ fault, promise: 'event-loop delay p99 ≤ 20 ms, max ≤ 100 ms' },
        seen: `${delayText(portal)} in ${rounds} rounds; an idle process: ${delayText(idle)}`,
        kept: portal.own.p99 <= 20 && portal.own.max <= 100,
      })
      saw(t, {
        ...{ fault, promise: 'no connection of others fails' },
        seen: `${failures.length} of ${answered + failures.length} failed`,
        kept: failures.length === 0 && answered > 0,
      })
    })
})
