import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import type { ApiTrouble } from '../../lib/model/api-event.js'
import { exchange } from '../cli/stage.js'
import { unserved } from '../services/heard.js'
import { startFaultStage } from './stage.js'
import type { Fault } from './unruly.js'

/** What the server does to whoever watches Services, and to whoever lists them. */
export interface Misbehaviour {
  readonly watch: Fault
  readonly list?: Fault
  readonly trouble: ApiTrouble
}

/**
 * Tries each of them on a kube-portal that serves: what was served goes on being served, no rule is touched, and when the
 * server behaves again, all that changed meanwhile is known.
 */
export const nothingVanishes = async (all: Readonly<Record<string, Misbehaviour>>): Promise<void> => {
  const it = await startFaultStage()
  const { stage, unruly } = it
  const { node } = stage.clients
  const [web] = await stage.deploy('web')
  stage.expose('web')
  const there = stage.clusterIp('web')

  for (const [what, { watch, list, trouble }] of Object.entries(all))
    t.test(`${what}: nothing vanishes, and afterwards all is as it should be`, async t => {
      stage.expose('former')
      const former = stage.clusterIp('former')
      const portal = await it.restart()
      const open = await node.connect(there)
      const from = portal.now()
      unruly.spoil(/\/services\?watch=true/, watch)
      if (list) unruly.spoil(/\/services\?(?!watch)/, list)
      it.watchAnew()
      stage.remove('services', 'former')
      stage.expose('next', { selector: { app: 'web' } })
      await it.trouble({ during: list ? 'list' : 'watch', trouble }, from)
      t.equal(await node.tcp(there), web)
      const syncs = portal.events(from).filter(isOf('synced'))
      t.ok(
        syncs.every(({ written }) => written.length === 0),
        'no rule is touched',
      )
      unruly.behave()
      await stage.synced()
      t.strictSame([await node.tcp(former), await node.tcp(stage.clusterIp('next'))], [unserved, web])
      t.equal(String(await exchange(open, 'hostname')).trim(), web, 'a connection from before goes on')
      stage.remove('services', 'next')
    })
}
