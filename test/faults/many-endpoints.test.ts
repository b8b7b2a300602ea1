import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { callers } from '../chaos/callers.js'
import { inNamespace } from '../namespace.js'
import { delayText } from './loop/delay.js'
import { manyEndpoints, startManyEndpoints } from './many-endpoints.js'

await inNamespace(import.meta.url, async () => {
  const big = await startManyEndpoints()
  const { it, stage } = big
  const { node } = stage.clients
  const there = stage.clusterIp('web')
  const web = await node.tcp(there)

  t.test('nobody waits while a Service with 10,000 endpoints is listed anew', async t => {
    await big.look()
    const calling = callers({ client: node, to: there, isServed: answer => answer === web, rate: 50 })
    const from = it.portal.now()
    for (const change of [() => undefined, () => big.change()]) {
      change()
      await big.relist()
      await stage.synced()
    }
    const { portal, idle } = await big.look()
    const { answered, failures } = await calling.stop()
    const told = it.portal.events(from).filter(isOf('endpoints', 'default/big/TCP'))
    t.equal(told.at(-1)?.endpoints.length, manyEndpoints)
    t.strictSame(failures, [])
    t.ok(answered > 0)
    t.comment(`kube-portal: ${delayText(portal)}; an idle process: ${delayText(idle)}`)
    t.ok(portal.own.p99 <= 20 && portal.own.max <= 100, delayText(portal))
  })
})
