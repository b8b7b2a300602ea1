import t from 'tap'
import { EventHub } from '../../lib/cli/event-hub.js'
import type { ProxyEvent } from '../../lib/model/event.js'

const ready: ProxyEvent = { type: 'ready' }
const tookOver: ProxyEvent = { type: 'took-over' }

t.test(
  'an event is noted before those follow it who have something to do, and each follows its own',
  async t => {
    const seen: string[] = []
    const all = new EventHub(({ type }) => seen.push(`noted ${type}`))
    const { report } = all
    all.on('ready', () => seen.push('one'))
    all.on('ready', () => seen.push('other'))
    report(ready)
    report(tookOver)
    t.strictSame(seen, ['noted ready', 'one', 'other', 'noted took-over'])
  },
)

t.test('nobody is told of what waits for work before that is done', async t => {
  const seen: string[] = []
  const all = new EventHub(({ type }) => seen.push(type))
  let done = (): void => undefined
  all.before('ready', () => new Promise(resolve => (done = resolve)))
  all.report(ready)
  all.report(tookOver)
  t.strictSame(seen, ['took-over'])
  done()
  await Promise.resolve()
  t.strictSame(seen, ['took-over', 'ready'])
})
