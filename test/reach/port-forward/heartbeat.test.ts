import t from 'tap'
import { seconds } from '../../../lib/model/milliseconds.js'
import { Heartbeat } from '../../../lib/reach/port-forward/heartbeat.js'
import { FakeClock } from '../../fake-clock.js'

interface Beating {
  readonly heartbeat: Heartbeat
  readonly told: string[]
  /** Lets seconds pass. */
  readonly pass: (span: number) => void
  readonly alarms: () => number
}

const beating = (): Beating => {
  const clock = new FakeClock()
  const told: string[] = []
  const heartbeat = new Heartbeat({
    clock,
    ping: () => told.push('ping'),
    lost: () => told.push('lost'),
  })
  return { heartbeat, told, pass: span => clock.advance(seconds(span)), alarms: () => clock.alarms }
}

t.test('asks every 30 s, while it is answered', t => {
  const { heartbeat, told, pass } = beating()
  pass(29)
  t.strictSame(told, [])
  pass(1)
  t.strictSame(told, ['ping'])
  heartbeat.answered()
  pass(29)
  t.strictSame(told, ['ping'])
  pass(1)
  t.strictSame(told, ['ping', 'ping'])
  t.end()
})

t.test('who does not answer within 15 s is lost, once', t => {
  const { told, pass, alarms } = beating()
  pass(44)
  t.strictSame(told, ['ping'])
  pass(1)
  t.strictSame(told, ['ping', 'lost'])
  t.equal(alarms(), 0)
  t.end()
})

t.test('who sends bytes is there, and loses that when it stops', t => {
  const { heartbeat, told, pass } = beating()
  pass(31)
  heartbeat.heard()
  pass(14)
  t.strictSame(told, ['ping'])
  pass(15)
  t.strictSame(told, ['ping', 'lost'])
  t.end()
})

t.test('nobody is lost to whom we do not listen, nor for the first 15 s after that', t => {
  const { heartbeat, told, pass } = beating()
  heartbeat.pause()
  pass(600)
  t.strictSame(told, ['ping'])
  heartbeat.resume()
  pass(15)
  t.strictSame(told, ['ping'])
  pass(15)
  t.strictSame(told, ['ping', 'lost'])
  t.end()
})

t.test('a ping behind more than a pod has room for may wait, and the next may not', t => {
  const { heartbeat, told, pass } = beating()
  heartbeat.sent(20_000)
  pass(600)
  t.strictSame(told, ['ping'])
  heartbeat.answered()
  pass(30)
  t.strictSame(told, ['ping', 'ping'])
  pass(15)
  t.strictSame(told, ['ping', 'ping', 'lost'])
  t.end()
})

t.test('what is sent after a ping does not hold its answer up', t => {
  const { heartbeat, told, pass } = beating()
  pass(30)
  heartbeat.sent(20_000)
  pass(15)
  t.strictSame(told, ['ping', 'lost'])
  t.end()
})

t.test('a request of a few bytes is no excuse', t => {
  const { heartbeat, told, pass } = beating()
  heartbeat.sent(500)
  pass(45)
  t.strictSame(told, ['ping', 'lost'])
  t.end()
})

t.test('one that is stopped asks nobody', t => {
  const { heartbeat, told, pass, alarms } = beating()
  heartbeat.stop()
  t.equal(alarms(), 0)
  pass(600)
  t.strictSame(told, [])
  t.end()
})

t.test('who has answered while we were busy is not lost', t => {
  const clock = new FakeClock()
  const told: string[] = []
  const heartbeat = new Heartbeat({ clock, ping: () => told.push('ping'), lost: () => told.push('lost') })
  clock.advance(seconds(30))
  // It rings at the same time as the judgement, and so after it; like this, answers are read late.
  clock.after(seconds(15), () => heartbeat.answered())
  clock.advance(seconds(15))
  t.strictSame(told, ['ping'])
  t.end()
})
