import t from 'tap'
import { isHealthy } from '../../lib/model/health.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { emptySnapshot } from '../../lib/model/snapshot.js'
import { Progress } from '../../lib/proxy/progress.js'
import { FakeClock } from '../fake-clock.js'

const minute = 60_000

interface Stage {
  readonly clock: FakeClock
  readonly progress: Progress
  /** A whole sync, in which nothing fails. */
  readonly sync: () => void
}

const stage = (): Stage => {
  const clock = new FakeClock()
  const progress = new Progress({ clock, patience: seconds(60) })
  const sync = (): void => {
    progress.begin(emptySnapshot)
    progress.end(new Set())
  }
  return { clock, progress, sync }
}

t.test('it is ready after the first whole sync, until a stop begins', t => {
  const { progress, sync } = stage()
  t.equal(progress.health.readiness, 'no lists yet')
  progress.resumed()
  t.equal(progress.health.readiness, 'resumed')
  progress.changed()
  t.equal(progress.health.readiness, 'no rules yet')
  progress.begin(emptySnapshot)
  progress.fail()
  t.equal(progress.health.readiness, 'no rules yet')
  progress.begin(emptySnapshot)
  progress.end(new Set(['IPv6']))
  t.equal(progress.health.readiness, 'no rules yet', 'one family is not the whole')
  sync()
  t.equal(progress.health.readiness, 'ready')
  progress.begin(emptySnapshot)
  progress.fail()
  t.equal(progress.health.readiness, 'ready', 'what was in force stays')
  progress.stop()
  progress.changed()
  t.equal(progress.health.readiness, 'stopping')
  t.end()
})

t.test('it is healthy while it waits for the API server, however long that takes', t => {
  const { progress, clock } = stage()
  clock.advance(10 * minute)
  t.ok(isHealthy(progress.health))
  t.end()
})

t.test('it is unhealthy when a change has waited for too long, and healthy when that is in force', t => {
  const { progress, clock, sync } = stage()
  sync()
  progress.changed()
  clock.advance(minute - 1)
  progress.changed()
  t.ok(isHealthy(progress.health))
  clock.advance(2)
  t.notOk(isHealthy(progress.health))
  sync()
  t.ok(isHealthy(progress.health))
  t.end()
})

t.test('a sync that hangs makes it unhealthy, and what changes meanwhile has waited for less', t => {
  const { progress, clock } = stage()
  progress.changed()
  progress.begin(emptySnapshot)
  clock.advance(minute + 1)
  t.notOk(isHealthy(progress.health))
  progress.changed()
  progress.end(new Set())
  t.ok(isHealthy(progress.health))
  clock.advance(minute + 1)
  t.notOk(isHealthy(progress.health))
  t.end()
})

t.test('rules that cannot be looked at make it unhealthy, though nothing changes', t => {
  const { progress, clock, sync } = stage()
  sync()
  for (let failure = 0; failure < 3; failure += 1) {
    progress.begin(emptySnapshot)
    progress.fail()
    clock.advance(minute / 2 + 1)
  }
  t.notOk(isHealthy(progress.health))
  sync()
  t.ok(isHealthy(progress.health))
  t.end()
})

t.test('a family that fails is unhealthy in time, and the other says when it was brought up to date', t => {
  const { progress, clock } = stage()
  for (let sync = 0; sync < 3; sync += 1) {
    clock.advance(minute / 2 + 1)
    progress.begin(emptySnapshot)
    progress.end(new Set(['IPv6']))
  }
  clock.advance(5)
  t.strictSame(progress.health.families, {
    IPv4: { healthy: true, updated: milliseconds(5) },
    IPv6: { healthy: false },
  })
  t.end()
})

t.test('whether the node is to get clients is as the last snapshot has it', t => {
  const { progress } = stage()
  t.ok(progress.health.nodeEligible)
  progress.begin({ ...emptySnapshot, nodeEligible: false })
  t.notOk(progress.health.nodeEligible)
  progress.begin(emptySnapshot)
  t.ok(progress.health.nodeEligible)
  t.end()
})
