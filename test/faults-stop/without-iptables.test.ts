import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { inNamespace, needing } from '../namespace.js'
import { startStopStage, stopped } from './stage.js'

await inNamespace(import.meta.url, async () => {
  const skip = await needing('iptables-legacy', '-t', 'nat', '-S')
  const it = await startStopStage('legacy')

  t.test('a stop while another program keeps the lock is done in time, and says so', skip, async t => {
    const portal = await it.serving(['--drain-timeout', '0s'])
    const holder = spawn('flock', ['--no-fork', '/run/xtables.lock', 'sh', '-c', 'echo held; exec sleep 600'])
    await once(holder.stdout, 'data')
    t.equal(await stopped(portal), 'code 1')
    t.match(
      portal.words().join('\n'),
      /stopped, but not all of ours could be taken out: iptables-legacy-restore /,
    )
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    t.ok(await it.cleanedUp())
  })

  t.test('a stop when iptables is not there any more is done, and says so', skip, async t => {
    const portal = await it.serving()
    for (const program of ['iptables-legacy-save', 'ip6tables-legacy-save']) it.iptables.lose(program)
    t.equal(await stopped(portal), 'code 1')
    t.match(portal.words().join('\n'), /there is no program iptables-legacy-save here/)
    t.ok(await it.cleanedUp())
  })
})
