import t from 'tap'
import { realClock as clock } from '../../../lib/cli/real-clock.js'
import { type Decision, Reached } from '../../../lib/cli/reach/reached.js'
import type { ProxyEvent } from '../../../lib/model/event.js'
import { emptySnapshot } from '../../../lib/model/snapshot.js'
import { DirectReach } from '../../../lib/reach/direct.js'

const stage = (prepare: () => Promise<void>) => {
  const events: ProxyEvent[] = []
  const reached = new Reached(event => events.push(event))
  let change: () => void = () => undefined
  const source = {
    start: (changed: () => void) => {
      change = changed
    },
    snapshot: () => emptySnapshot,
    close: () => Promise.resolve(),
  }
  const decision: Decision = { reach: 'routes', way: { reach: new DirectReach({ clock }), prepare } }
  return { events, reached, source, decision, change: () => change() }
}

t.test('a stop while it is found out how pods are reached adds no route any more', async t => {
  let prepared = 0
  const { reached, source, decision, change } = stage(() => Promise.resolve(void (prepared += 1)))
  let decide: (found: Decision) => void = () => undefined
  const found = new Promise<Decision>(resolve => (decide = resolve))
  const followed = reached.sourceFrom(source, () => found)
  followed.start(() => t.fail('nobody is told of a change after the stop'))
  change()
  await followed.close()
  await reached.remove()
  decide(decision)
  await reached.decided(() => found)
  await new Promise(setImmediate)
  t.equal(prepared, 0)
})

t.test('Services go on changing while routes cannot be made, which is said once', async t => {
  const { events, reached, source, decision, change } = stage(() => Promise.reject(new Error('ip is stuck')))
  const followed = reached.sourceFrom(source, () => Promise.resolve(decision))
  const changed = (): Promise<void> =>
    new Promise(resolve => {
      followed.start(resolve)
      change()
    })
  await changed()
  await changed()
  t.strictSame(
    events.map(({ type }) => type),
    ['reach-chosen', 'reach-failed'],
  )
})

t.test(
  'what could not be decided is decided with the next look at the machine, without any change',
  async t => {
    const { events, reached, source, decision, change } = stage(() => Promise.resolve())
    let fails = true
    const followed = reached.sourceFrom(source, () =>
      fails ? Promise.reject(new Error('ip is stuck')) : Promise.resolve(decision),
    )
    const kept = reached.keptWith({ isIntact: () => Promise.resolve(true) })
    const changed = new Promise<void>(resolve => followed.start(resolve))
    await kept.isIntact()
    t.strictSame(events, [], 'not before the cluster was seen')
    change()
    await new Promise(setImmediate)
    t.match(events, [{ type: 'reach-failed', reason: 'ip is stuck' }])
    fails = false
    await kept.isIntact()
    await changed
    t.equal(reached.chosen, 'routes')
  },
)
