import t from 'tap'
import { port } from '../../lib/model/port.js'
import type { PortRange } from '../../lib/model/port-range.js'
import { LocalPorts } from '../../lib/proxy/local-ports.js'
import { TakeOver } from '../../lib/proxy/take-over.js'
import { servicePort } from './stage.js'

const range: PortRange = { first: port(14000), last: port(14009) }
const { id } = servicePort('cart', 1)

/** A predecessor that has `cart` at port 14005, and notes what it is told. */
const stage = (rest = () => Promise.resolve()) => {
  const notes: string[] = []
  const localPorts = new LocalPorts(range, new Map())
  const takeOver = new TakeOver({
    localPorts,
    predecessor: {
      rest: async () => {
        notes.push('rest')
        await rest()
        return new Map([[id, port(14005)]])
      },
      relieve: () => Promise.resolve(void notes.push('relieve')),
    },
  })
  return { takeOver, localPorts, notes }
}

t.test('a sync that is tried again takes nothing back from the listeners it has', async t => {
  const { takeOver, localPorts, notes } = stage()
  await takeOver.begin()
  t.equal(localPorts.for(id), 14005)
  const later = servicePort('later', 1).id
  const opened = localPorts.for(later)
  await takeOver.begin()
  t.equal(localPorts.entries().get(later), opened)
  await takeOver.end()
  await takeOver.end()
  t.strictSame(notes, ['rest', 'relieve'])
  t.notOk(takeOver.isPending)
})

t.test('who could not be told to rest is told again', async t => {
  let fails = true
  const { takeOver, localPorts, notes } = stage(() =>
    fails ? Promise.reject(new Error('busy')) : Promise.resolve(),
  )
  await t.rejects(takeOver.begin(), { message: 'busy' })
  fails = false
  await takeOver.begin()
  t.strictSame(notes, ['rest', 'rest'])
  t.equal(localPorts.for(id), 14005)
})

t.test(
  'from when its predecessor is told to accept nobody any more, all there is to stop is ours',
  async t => {
    const { takeOver, notes } = stage()
    await takeOver.begin()
    t.ok(takeOver.isPending)
    const ended = takeOver.end()
    t.strictSame(notes, ['rest', 'relieve'])
    t.notOk(takeOver.isPending)
    await ended
  },
)
