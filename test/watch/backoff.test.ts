import t from 'tap'
import { Backoff } from '../../lib/watch/backoff.js'
import { FakeClock } from '../fake-clock.js'

t.test('two minutes without a failure make the pauses short again', t => {
  const clock = new FakeClock()
  const backoff = new Backoff({ clock, random: () => 0 })
  backoff.next()
  clock.advance(120_000)
  t.equal(backoff.next(), 1600)
  clock.advance(120_001)
  t.equal(backoff.next(), 800)
  t.end()
})
