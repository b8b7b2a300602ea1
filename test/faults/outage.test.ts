import t from 'tap'
import { type EventOf, isOf } from '../../examples/demo/portal-process.js'
import type { Resource } from '../../lib/model/api-event.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { exchange } from '../cli/stage.js'
import { besideOthers } from '../beside-others.js'
import { inNamespace } from '../namespace.js'
import { unserved } from '../services/heard.js'
import { foreignRules, rulesNow } from '../services/tables.js'
import { startFaultStage } from './stage.js'

const followed: readonly Resource[] = ['services', 'endpointslices', 'nodes']

const isTrouble =
  (resource: Resource) =>
  (event: ProxyEvent): event is EventOf<'api-trouble'> =>
    isOf('api-trouble')(event) && event.resource === resource

await inNamespace(import.meta.url, async () => {
  const it = await startFaultStage()
  const { stage, road } = it
  const { node } = stage.clients
  const [web] = await stage.deploy('web')
  stage.expose('web')
  const there = stage.clusterIp('web')

  t.test(
    'without an API server it starts, waits and writes no rule, and serves 2 s after an answer',
    async t => {
      await it.stop()
      await road.close()
      const portal = await it.startAnyway()
      const troubles: EventOf<'api-trouble'>[] = []
      for (const resource of followed)
        troubles.push(await portal.event(`no ${resource}`, isTrouble(resource)))
      t.strictSame(await rulesNow('nft', 'IPv4'), await foreignRules('nft', 'IPv4'))
      t.notOk(portal.events().some(isOf('synced')))
      const from = portal.now()
      await road.open()
      const opened = performance.now()
      const answered = await Promise.any(
        followed.map(async resource => {
          await it.listed(resource, from)
          return performance.now()
        }),
      )
      await portal.served('default/web/TCP', 1, from)
      t.ok(performance.now() - answered < besideOthers(2000))
      const longest = Math.max(...troubles.map(({ retryIn }) => retryIn))
      t.ok(answered - opened < longest + 1000, 'the next attempt is within one step of the back-off')
      t.equal(await node.tcp(there), web)
    },
  )

  t.test(
    'while the API server is away all goes on, and afterwards nothing is written if nothing changed',
    async t => {
      const portal = await it.restart()
      const open = await node.connect(there)
      const from = portal.now()
      await road.close()
      for (const resource of followed) await portal.event(`no ${resource}`, isTrouble(resource), from)
      t.equal(await node.tcp(there), web, 'who comes is served')
      const back = portal.now()
      await road.open()
      await stage.synced()
      t.equal(String(await exchange(open, 'hostname')).trim(), web, 'who was there goes on')
      const written = portal.events(from).filter(isOf('rules-written'))
      t.strictSame(written, [])
      t.ok(portal.events(back).some(isOf('synced')))
    },
  )

  t.test('what changed while the API server was away is so when it is back', async t => {
    stage.expose('former')
    const former = stage.clusterIp('former')
    const portal = await it.restart()
    const from = portal.now()
    await road.close()
    for (const resource of followed) await portal.event(`no ${resource}`, isTrouble(resource), from)
    stage.remove('services', 'former')
    stage.expose('next', { selector: { app: 'web' } })
    const [one = '', other = ''] = await stage.scale('web', 2)
    await road.open()
    await stage.synced()
    t.equal(await node.tcp(former), unserved)
    const answers = await node.inTurn(stage.clusterIp('next'), 2)
    t.strictSame([...answers].sort(), [one, other])
  })
})
