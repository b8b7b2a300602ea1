import t from 'tap'
import { onEachBackend } from '../services/each-backend.js'
import { startStage } from '../services/stage.js'
import { guardians, noGuardian } from './guardians.js'
import { pidOf } from './pid-of.js'
import { thisMachine } from './this-machine.js'

/** In milliseconds. */
const longest = 5000

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend)
  const { node } = stage.clients
  const [web = ''] = await stage.deploy('web')
  stage.expose('web', { ipFamilyPolicy: 'PreferDualStack' })
  await stage.portal.stop()
  const before = await thisMachine(backend)

  // What bind does has nothing to do with iptables.
  for (const capture of ['redirect', 'dnat', ...(backend === 'nft' ? ['bind'] : [])])
    t.test(`kill -9 of a run with --capture ${capture} and --on-crash undo leaves nothing`, async t => {
      await stage.restart(['--capture', capture, '--on-crash', 'undo'])
      const pid = pidOf(stage.portal)
      t.equal(await node.tcp(stage.clusterIp('web')), web)
      t.not(await thisMachine(backend), before)
      t.equal(guardians(pid).length, 1)
      await stage.crash()
      const took = await noGuardian()
      t.ok(took <= longest, `undone after ${took} ms`)
      t.equal(await thisMachine(backend), before)
      const said = stage.portal.words().filter(word => word.includes('without a stop'))
      t.equal(said.length, 1)
      t.match(said[0], new RegExp(`\\(process ${pid}\\).*: removed what it left: \\d+ jumps`))
    })
})
