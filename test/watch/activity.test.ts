import t from 'tap'
import { seconds } from '../../lib/model/milliseconds.js'
import { Activity } from '../../lib/watch/activity.js'
import { FakeClock } from '../fake-clock.js'

const slice = (time: string): unknown => ({
  metadata: { annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': time } },
})

t.test('changes are counted, and those that no snapshot has yet', async t => {
  const activity = new Activity(new FakeClock())
  activity.replaced(new Map(), new Map(Object.entries({ a: 1, b: 1, c: 1 })))
  t.strictSame(activity.changes, { total: 3, pending: 3 })
  activity.snapshot()
  activity.replaced(
    new Map(Object.entries({ a: 1, b: 1, c: 1 })),
    new Map(Object.entries({ b: 2, c: 1, d: 1 })),
  )
  activity.changed({})
  t.strictSame(activity.changes, { total: 7, pending: 4 }, 'one came, one went, one changed, and another one')
})

t.test('it is known when the server told something last, be it that nothing changed', async t => {
  const clock = new FakeClock()
  const activity = new Activity(clock)
  t.equal(activity.heard, undefined)
  clock.advance(seconds(5))
  activity.told()
  clock.advance(seconds(5))
  t.equal(activity.heard, 5000)
})

t.test('when a pod changed is told once, when a snapshot has it', async t => {
  const activity = new Activity(new FakeClock())
  activity.changed(slice('2026-01-02T03:04:05.5Z'))
  activity.changed(slice('at noon'))
  activity.changed({})
  t.strictSame(activity.takeTriggers(), [])
  activity.snapshot()
  activity.changed(slice('2026-01-02T03:04:06Z'))
  t.strictSame(activity.takeTriggers(), [new Date('2026-01-02T03:04:05.5Z')])
  t.strictSame(activity.takeTriggers(), [])
})

t.test(
  'a server that changes without end, while nothing can be put into force, does not fill the memory',
  async t => {
    const activity = new Activity(new FakeClock())
    for (let change = 0; change < 3000; change += 1) {
      activity.changed(slice('2026-01-02T03:04:05Z'))
      if (change % 100 === 0) activity.snapshot()
    }
    activity.snapshot()
    t.equal(activity.takeTriggers().length, 1000)
  },
)
