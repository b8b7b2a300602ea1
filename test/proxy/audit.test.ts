import t from 'tap'
import { milliseconds } from '../../lib/model/milliseconds.js'
import { Audit } from '../../lib/proxy/audit.js'
import { FakeClock } from '../fake-clock.js'

/** An audit of rules that are `intact` or not, each look at which takes so long. */
const auditing = (lasts = 0) => {
  const clock = new FakeClock()
  const world = { intact: true }
  const looks: number[] = []
  const found: number[] = []
  const isIntact = (): Promise<boolean> =>
    new Promise(resolve => {
      looks.push(clock.now())
      if (lasts === 0) resolve(world.intact)
      else clock.after(milliseconds(lasts), () => resolve(world.intact))
    })
  const audit = new Audit({ capture: { isIntact }, clock })
  audit.start(() => found.push(clock.now()))
  return { audit, clock, world, looks, found }
}

t.test('it looks every 3 s, and tells of damage each time', async t => {
  const { clock, world, looks, found } = auditing()
  await clock.pass(3500)
  world.intact = false
  await clock.pass(6000)
  world.intact = true
  await clock.pass(3000)
  t.strictSame(looks, [3000, 6000, 9000, 12_000])
  t.strictSame(found, [6000, 9000])
})

const looked = async (lasts: number): Promise<readonly number[]> => {
  const { clock, looks } = auditing(lasts)
  await clock.pass(30_000)
  return looks
}

t.test('where a look takes long, it looks less often, and soon enough for 10 s', async t => {
  t.strictSame((await looked(200)).slice(0, 3), [3000, 7200, 11_400])
  t.strictSame((await looked(1500)).slice(0, 3), [3000, 11_500, 20_000])
})

t.test('closed, it looks no longer, and tells nothing of the look under way', async t => {
  const { audit, clock, world, looks, found } = auditing(100)
  world.intact = false
  await clock.pass(3050)
  const closing = audit.close()
  await clock.pass(10_000)
  await closing
  await audit.close()
  t.strictSame([looks, found], [[3000], []])
})
