import t from 'tap'
import { isOf } from '../../../examples/demo/portal-process.js'
import type { ProxyEvent } from '../../../lib/model/event.js'
import { manyServices } from '../../faults-restart/many-services.js'
import { guardians, noGuardian, until } from '../../faults-guardian/guardians.js'
import { thisMachine } from '../../faults-guardian/this-machine.js'
import { onEachBackend } from '../../services/each-backend.js'
import { startStage } from '../../services/stage.js'
import { saw } from '../saw.js'

/** In milliseconds, until all is as before. */
const longest = 5000

const moments: readonly (readonly [ProxyEvent['type'], number])[] = [
  ['listed', 1],
  ['listening', 1],
  ['listening', 1000],
  ['listening', 2000],
  ['rules-written', 1],
  ['rules-written', 2],
  ['synced', 1],
]

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend)
  await stage.portal.stop()
  const before = await thisMachine(backend)
  stage.start(['--on-crash', 'undo'])
  const [web = ''] = await stage.deploy('web')
  const portals = await manyServices(stage, 'web')

  t.test('kill -9 with 1,000 Services and a guardian', async t => {
    const answers: string[] = []
    for (const portal of portals) answers.push(await stage.clients.node.tcp(portal))
    const served = answers.filter(answer => answer === web).length
    const fault = `kill -9 of a run with ${served} Services (${backend})`
    await stage.crash()
    const took = await until(
      'the machine to be as before',
      async () => (await thisMachine(backend)) === before,
    )
    saw(t, {
      ...{
        fault,
        promise: `rules, routes and addresses as before, byte for byte, within ${longest / 1000} s`,
      },
      seen: `${(took / 1000).toFixed(1)} s`,
      kept: took <= longest && served === portals.length,
    })
    const rest = took + (await noGuardian())
    saw(t, {
      ...{ fault, promise: 'the guardian ends' },
      seen: `after ${(rest / 1000).toFixed(1)} s, ${guardians().length} left`,
      kept: guardians().length === 0,
    })
  })

  // While it has programs under way, which live on for a moment.
  t.test('kill -9 at moments of a start with 1,000 Services, and a guardian', async t => {
    let clean = 0
    for (const [type, count] of moments) {
      stage.start(['--on-crash', 'undo'])
      await until('the moment', () => stage.portal.events().filter(isOf(type)).length >= count)
      await stage.crash()
      await noGuardian()
      if ((await thisMachine(backend)) === before) clean += 1
    }
    saw(t, {
      fault: `kill -9 during a start with 1,000 Services (${backend})`,
      promise: 'nothing is left, whenever that is',
      seen: `${clean} of ${moments.length} times`,
      kept: clean === moments.length,
    })
  })
})
