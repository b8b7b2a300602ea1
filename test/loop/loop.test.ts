import fc from 'fast-check'
import t from 'tap'
import { runs } from '../dataplane/cases.js'
import { anyCommands, begin, mendAll, type Model } from './commands.js'
import type { World } from './world.js'

/** The world once all works again, and nothing happens any more. */
const conclude = async (world: World, model: Model): Promise<void> => {
  mendAll(world)
  world.sockets.foreign = []
  if (!model.isRunning) world.start()
  await world.turns.pass(150_000)
}

const writes = ({ programs }: World): number =>
  programs.ran.filter(({ program }) => program === 'restore').length

const check = (problems: readonly string[]): void => {
  const [first] = problems
  if (first !== undefined) throw new Error(first)
}

const title =
  'whatever happens, rules and listeners end as the plan has them, and what was there throughout was never absent'

t.test(title, async () => {
  const property = fc.asyncProperty(anyCommands, fc.scheduler(), async (commands, scheduler) => {
    const { model, real: world } = await begin(scheduler)
    await fc.asyncModelRun(() => ({ model, real: world }), commands)
    await conclude(world, model)
    const { promises } = world
    check(promises.broken)
    if (!world.isUpToDate) throw new Error('what was seen last is not what there is')
    check(promises.differences())
    check(world.misfits)
    check(promises.unanswered(world.truth))
    const before = writes(world)
    await world.turns.pass(90_000)
    if (writes(world) !== before) throw new Error('something is written while nothing changes')
    check(promises.broken)
  })
  await fc.assert(property, runs(60))
})
