import t from 'tap'
import { realClock } from '../../lib/cli/real-clock.js'
import { duration } from '../../lib/model/duration.js'

t.test('a wait of 1000 hours does not end at once', async t => {
  const first = await new Promise(resolve => {
    const long = realClock.after(duration('1000h'), () => resolve('1000 hours'))
    realClock.after(duration('20ms'), () => {
      long.cancel()
      resolve('20 ms')
    })
  })
  t.equal(first, '20 ms')
})
