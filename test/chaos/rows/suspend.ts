import { once } from 'node:events'
import t from 'tap'
import { setTimeout as after } from 'node:timers/promises'
import { isOf } from '../../../examples/demo/portal-process.js'
import { exchange } from '../../cli/stage.js'
import { startFaultStage } from '../../faults/stage.js'
import { inNamespace } from '../../namespace.js'
import { saw } from '../saw.js'
import { secondsText, until } from '../until.js'

const asleep = 75_000

await inNamespace(import.meta.url, async () => {
  const it = await startFaultStage()
  const { stage, road } = it
  const { node } = stage.clients
  const web = await stage.serve('web')

  t.test('it sleeps, and wakes with a connection to the API server that nobody knows any more', async t => {
    const { portal } = it
    const fault = `SIGSTOP for ${asleep / 1000} s, the API server forgets it, the cluster changes`
    const open = await node.connect(stage.clusterIp('web'))
    const former = stage.clusterIp('web')
    const from = portal.now()
    process.kill(portal.pid ?? 0, 'SIGSTOP')
    // No FIN: the kernel forgets how to translate a connection that is half closed after 60 s without a packet.
    const waiting = await node.connect(former)
    const echo = once(waiting, 'data')
    waiting.write('hello')
    road.forget()
    await after(asleep)
    stage.remove('services', 'web')
    stage.expose('next', { selector: { app: 'web' } })
    await stage.cluster.idle()
    const next = stage.clusterIp('next')
    process.kill(portal.pid ?? 0, 'SIGCONT')
    const served = until(async () => (await node.tcp(next)) === web, 90_000)
    const answered = String((await echo)[0]) === 'hello'
    waiting.destroy()
    const spent = await served
    const goesOn = String(await exchange(open, 'hostname')).trim() === web
    saw(t, {
      ...{ fault, promise: 'the new state within 45 s after it' },
      seen: secondsText(spent),
      kept: spent <= 45_000,
    })
    saw(t, {
      ...{ fault, promise: 'who came meanwhile is served, who was there goes on' },
      seen: `${answered ? 'served' : 'not served'}, ${goesOn ? 'goes on' : 'does not go on'}`,
      kept: answered && goesOn,
    })
    const events = portal.events(from)
    const writes = events.filter(isOf('rules-written')).length
    const syncs = events.filter(isOf('synced')).length
    saw(t, {
      ...{ fault, promise: 'no stampede' },
      seen: `${syncs} syncs and ${writes} restores in ${secondsText(spent)} after it`,
      kept: syncs <= 2 + spent / 1000 && writes <= 4,
    })
  })
})
