import t from 'tap'
import { seconds } from '../../lib/model/milliseconds.js'
import { StopTime } from '../../lib/proxy/stop-time.js'
import { FakeClock } from '../fake-clock.js'

interface Begun {
  readonly clock: FakeClock
  readonly time: StopTime
  readonly second: AbortController
  /** How much time programs were given, in milliseconds. */
  readonly given: readonly number[]
}

const begun = (drainTimeout: number): Begun => {
  const clock = new FakeClock()
  const second = new AbortController()
  const given: number[] = []
  const patience = { lasts: (span: number): void => void given.push(span) }
  const time = new StopTime({ drainTimeout: seconds(drainTimeout), hurry: second.signal, patience }, clock)
  return { clock, time, second, given }
}

t.test('connections have the drain timeout from the moment that a stop was asked for', t => {
  const { clock, time } = begun(10)
  clock.advance(4000)
  t.equal(time.drain, 6000)
  clock.advance(7000)
  t.equal(time.drain, 0)
  t.end()
})

t.test('programs of each step have half of what is left, those of the last step all', t => {
  const { clock, time, given } = begun(1)
  time.next()
  clock.advance(1000)
  time.next()
  clock.advance(200)
  time.last()
  t.strictSame(given, [700, 200, 200])
  t.end()
})

t.test('whoever asks a second time leaves programs little, and connections nothing', t => {
  const { clock, time, second, given } = begun(3600)
  time.next()
  clock.advance(1000)
  second.abort()
  t.equal(time.drain, 0)
  clock.advance(300)
  time.last()
  t.strictSame(given, [1_800_200, 200, 100])
  t.end()
})

t.test('when it is over, nobody is hurried any more', t => {
  const { time, second, given } = begun(10)
  time.close()
  second.abort()
  t.strictSame(given, [])
  t.end()
})
