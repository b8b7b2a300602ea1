import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { until } from '../faults-guardian/guardians.js'
import { ownProcesses } from '../own-processes.js'
import { inNamespace } from '../namespace.js'
import { startStopStage, stopped } from './stage.js'

/** As a user or Docker does: the one that was started; as systemd does: all there are. */
const askedToStop = ['the first process', 'all processes'] as const

/** What was reported last when that comes, from a start that is not yet seen to one that has taken over. */
const moments: readonly ProxyEvent['type'][] = [
  'successor-started',
  'capture-chosen',
  'synced',
  'took-over',
  'handed-over',
]

await inNamespace(import.meta.url, async () => {
  const it = await startStopStage('nft')
  for (const moment of moments)
    for (const asked of askedToStop)
      t.test(
        `asked to stop at ${moment} of a reload, ${asked}: all is stopped, and nothing is left`,
        async t => {
          const portal = await it.serving()
          const from = portal.now()
          process.kill(portal.pid ?? 0, 'SIGHUP')
          await portal.event(moment, isOf(moment), from)
          const others = asked === 'all processes' ? ownProcesses() : []
          for (const { pid } of others) if (pid !== portal.pid) process.kill(pid, 'SIGTERM')
          t.equal(await stopped(portal), 'code 0')
          await until('all processes to end', () => ownProcesses().length === 0)
          t.notOk(await it.isLeftBehind())
        },
      )
})
