import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { exchange } from '../cli/stage.js'
import { inNamespace } from '../namespace.js'
import { startFaultStage } from './stage.js'

await inNamespace(import.meta.url, async () => {
  const it = await startFaultStage()
  const { stage, road } = it
  const { node } = stage.clients
  const web = await stage.serve('web')
  const there = stage.clusterIp('web')

  t.test('after a stop of its process it serves who waited, and the cluster as it is by then', async t => {
    const { portal } = it
    const open = await node.connect(there)
    const from = portal.now()
    process.kill(portal.pid ?? 0, 'SIGSTOP')
    const waiting = await node.connect(there)
    const answered = exchange(waiting, 'hostname')
    road.cut()
    stage.remove('services', 'web')
    stage.expose('next', { selector: { app: 'web' } })
    await stage.cluster.idle()
    process.kill(portal.pid ?? 0, 'SIGCONT')
    t.equal(String(await answered).trim(), web, 'who came meanwhile')
    await portal.served('default/next/TCP', 1, from)
    t.equal(String(await exchange(open, 'hostname')).trim(), web, 'who was there before')
    t.equal(await node.tcp(stage.clusterIp('next')), web)
    const written = portal.events(from).filter(isOf('rules-written')).length
    t.ok(written <= 4, `${written} writes`)
  })
})
