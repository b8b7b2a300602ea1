import fc from 'fast-check'
import t from 'tap'
import { Pace } from '../../lib/capture/pace.js'
import { FakeClock } from '../fake-clock.js'

/** When each of those begins that ask after these pauses. */
const begun = async (pauses: readonly number[]): Promise<readonly number[]> => {
  const clock = new FakeClock()
  const pace = new Pace(clock, 5)
  const times: number[] = []
  for (const pause of pauses) {
    await clock.pass(pause)
    void pace.next().then(() => times.push(clock.now()))
  }
  await clock.pass(1000 * pauses.length)
  return times
}

t.test('the first five begin at once, and the sixth a second after the first', async t => {
  t.strictSame(await begun([0, 0, 0, 100, 0, 0, 0]), [0, 0, 0, 100, 100, 1000, 1000])
})

t.test('whenever they ask, no six begin within a second, and nobody waits without need', async t => {
  const property = fc.asyncProperty(fc.array(fc.nat(600), { maxLength: 40 }), async pauses => {
    const times = await begun(pauses)
    let asked = 0
    for (const [index, pause] of pauses.entries()) {
      asked += pause
      t.equal(times[index], Math.max(asked, (times[index - 5] ?? -1000) + 1000))
    }
  })
  await fc.assert(property, { numRuns: 50 })
})
