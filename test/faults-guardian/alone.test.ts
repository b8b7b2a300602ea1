import t from 'tap'
import { inNamespace } from '../namespace.js'
import { startStage } from '../services/stage.js'
import { guardian, guardians, noGuardian, until } from './guardians.js'
import { pidOf } from './pid-of.js'
import { thisMachine } from './this-machine.js'

const undo = ['--on-crash', 'undo']

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft')
  const { node } = stage.clients
  const [web = ''] = await stage.deploy('web')
  stage.expose('web')

  await stage.portal.stop()
  const before = await thisMachine('nft')

  t.test('without a terminal nobody stands by a run, and kill -9 leaves its rules', async t => {
    await stage.restart([])
    t.strictSame(guardians(), [])
    const serving = await thisMachine('nft')
    await stage.crash()
    t.equal(await thisMachine('nft'), serving)
  })

  t.test('a guardian ends with a stop, says nothing, and nothing is left', async t => {
    await stage.restart(undo)
    t.equal(guardians().length, 1)
    t.equal(await stage.portal.stop(), 0)
    await noGuardian()
    t.equal(await thisMachine('nft'), before)
    t.notMatch(stage.portal.words().join('\n'), /guardian|without a stop/)
  })

  t.test('kill -9 of the whole process group leaves nothing', async t => {
    await stage.restart(undo)
    process.kill(-pidOf(stage.portal), 'SIGKILL')
    await noGuardian()
    t.equal(await thisMachine('nft'), before)
  })

  t.test('a run that is frozen keeps its rules, and its guardian hears no signal but kill -9', async t => {
    await stage.restart(undo)
    const pid = pidOf(stage.portal)
    const itsGuardian = guardian()
    const serving = await thisMachine('nft')
    process.kill(pid, 'SIGSTOP')
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(itsGuardian, signal)
    t.equal(await thisMachine('nft'), serving)
    process.kill(pid, 'SIGCONT')
    t.equal(await node.tcp(stage.clusterIp('web')), web)
    t.equal(guardian(), itsGuardian)
  })

  t.test('a guardian that is killed is missed, and the run goes on without', async t => {
    process.kill(guardian(), 'SIGKILL')
    await until('the run to say so', () =>
      stage.portal
        .words()
        .includes('the guardian has ended; should this one be killed, run kube-portal cleanup'),
    )
    t.equal(await node.tcp(stage.clusterIp('web')), web)
    t.equal(await stage.portal.stop(), 0)
    t.equal(await thisMachine('nft'), before)
  })
})
