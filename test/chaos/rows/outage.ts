import t from 'tap'
import { setTimeout as after } from 'node:timers/promises'
import { isOf } from '../../../examples/demo/portal-process.js'
import { startFaultStage } from '../../faults/stage.js'
import { exchange } from '../../cli/stage.js'
import { inNamespace } from '../../namespace.js'
import { callers } from '../callers.js'
import { saw } from '../saw.js'

const outage = 10 * 60_000

await inNamespace(import.meta.url, async () => {
  const it = await startFaultStage()
  const { stage, road, unruly } = it
  const { node } = stage.clients
  const web = await stage.serve('web')
  const there = stage.clusterIp('web')

  t.test('the API server is away for 10 minutes', async t => {
    const { portal } = it
    const open = await node.connect(there)
    const calling = callers({ client: node, to: there, isServed: answer => answer === web, rate: 20 })
    const from = portal.now()
    const asked = unruly.now()
    await road.close()
    await after(outage)
    stage.expose('next', { selector: { app: 'web' } })
    await road.open()
    const back = performance.now()
    await portal.served('default/next/TCP', 1, from)
    const converged = performance.now() - back
    const fault = 'API server away for 10 min'
    const { answered, failures } = await calling.stop()
    const goesOn = String(await exchange(open, 'hostname')).trim() === web
    saw(t, {
      ...{ fault, promise: 'no connection fails' },
      seen: `${failures.length} of ${answered + failures.length} new connections failed${goesOn ? '' : ', and an old one'}`,
      kept: failures.length === 0 && answered > 0 && goesOn,
    })
    saw(t, {
      ...{ fault, promise: 'the new state within 60 s after' },
      seen: `${(converged / 1000).toFixed(1)} s`,
      kept: converged < 60_000,
    })
    const attempts = portal.events(from).filter(isOf('api-trouble'))
    const most = Math.max(
      ...['services', 'endpointslices', 'nodes'].map(
        resource => attempts.filter(each => each.resource === resource).length,
      ),
    )
    saw(t, {
      ...{ fault, promise: 'at most 30 attempts a kind' },
      seen: `${most} that failed, ${unruly.asked(asked).length} requests of all kinds when it was back`,
      kept: most <= 30 && most > 0,
    })
  })
})
