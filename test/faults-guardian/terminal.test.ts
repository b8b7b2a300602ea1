import t from 'tap'
import { program } from '../cli/command.js'
import { inNamespace, needing } from '../namespace.js'
import { kubeconfig, startStage } from '../services/stage.js'
import { Terminal } from '../terminal.js'
import { guardians, noGuardian } from './guardians.js'
import { killLockHolder } from './lock-holder.js'
import { thisMachine } from './this-machine.js'

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft')
  await stage.deploy('web')
  stage.expose('web')
  await stage.portal.stop()
  const before = await thisMachine('nft')
  const needsScript = await needing('script', '--version')

  const opened = async (next = ''): Promise<Terminal> => {
    const args = ['--iptables-backend', 'nft', '--hostname-override', stage.cluster.nodeName]
    const run = [process.execPath, program, 'run', '--kubeconfig', kubeconfig, ...args, next]
    const terminal = new Terminal(run.join(' '))
    t.teardown(() => terminal.close())
    await terminal.shows('READY')
    t.equal(guardians().length, 1, 'a guardian stands by')
    return terminal
  }

  t.test(
    'kill -9 of a run on a terminal leaves nothing, and the terminal shows what was done',
    needsScript,
    async t => {
      // As a shell does: without anybody who stays, the terminal would be gone with the run.
      const terminal = await opened('; cat')
      await killLockHolder()
      await terminal.shows('ended without a stop: removed what it left')
      await noGuardian()
      t.equal(await thisMachine('nft'), before)
    },
  )

  t.test('Ctrl-C stops a run on a terminal in order, and its guardian says nothing', needsScript, async t => {
    const terminal = await opened()
    terminal.type('\x03')
    await terminal.shows('all of ours is removed')
    await noGuardian()
    t.notMatch(terminal.shown, 'without a stop')
    t.equal(await thisMachine('nft'), before)
  })

  t.test('a terminal that is closed leaves nothing', needsScript, async t => {
    const terminal = await opened()
    await terminal.close()
    await noGuardian()
    t.equal(await thisMachine('nft'), before)
  })
})
