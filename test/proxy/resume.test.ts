import t from 'tap'
import { seconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { emptySnapshot } from '../../lib/model/snapshot.js'
import { servicePort, stage } from './stage.js'

const cart = servicePort('cart', 1)
const web = servicePort('web', 2)
const left = new Map([
  [cart.id, port(14_030)],
  [web.id, port(14_031)],
])
const before = { ...emptySnapshot, servicePorts: [cart, web, servicePort('unsaved', 1)] }

t.test('Services whose rules still stand are served again, and no rule is written', async t => {
  const { proxy, notes, events } = stage({ left, standing: ['web', 'unsaved'] })
  t.equal(await proxy.resume(before), true)
  t.strictSame(notes, ['open 14031'])
  t.match(events, [
    { type: 'listening', servicePort: web.id },
    { type: 'endpoints', servicePort: web.id, endpoints: web.endpoints },
    { type: 'resumed', services: 1 },
  ])
})

t.test('where no rule stands nothing is served from before', async t => {
  const { proxy, notes, events } = stage({ left })
  t.equal(await proxy.resume(before), false)
  t.strictSame([notes, events], [[], []])
})

t.test('where it cannot be told whether rules stand nothing is served from before', async t => {
  const { proxy, notes } = stage({ left, standing: 'unknown' })
  t.equal(await proxy.resume(before), false)
  t.strictSame(notes, [])
})

t.test('a Service that had no endpoints is left refused', async t => {
  const { proxy, notes } = stage({ left, standing: ['cart'] })
  t.equal(await proxy.resume({ ...before, servicePorts: [servicePort('cart', 0)] }), false)
  t.strictSame(notes, [])
})

t.test('the first sync goes on with the same listeners, and closes those that are gone', async t => {
  const { proxy, sync, notes } = stage({ left, standing: ['cart', 'web'] })
  await proxy.resume(before)
  notes.splice(0)
  t.strictSame(await sync({ servicePorts: [servicePort('cart', 1)] }), [
    'rules [cart serve 14030] guard [14030, 14031]',
    'close 14031',
  ])
})

t.test('an end that is no stop closes the listeners and leaves the rules', async t => {
  const { proxy, notes } = stage({ left, standing: ['cart'] })
  await proxy.resume(before)
  await proxy.leave()
  t.strictSame(notes, ['open 14030', 'close 14030'])
})

t.test('what is served is saved after a sync, at most every 5 s, and only when it changed', async t => {
  const { sync, clock, saves } = stage()
  await sync()
  await clock.pass(1)
  t.equal(saves(), 1)
  await sync()
  await sync({ servicePorts: [cart, web] })
  await sync({ servicePorts: [web] })
  await clock.pass(4900)
  t.equal(saves(), 0)
  await clock.pass(100)
  t.equal(saves(), 1)
  await sync()
  await clock.pass(10_000)
  t.equal(saves(), 0)
})

t.test('what was saved is what the last sync served', async t => {
  const { sync, clock, folder } = stage()
  await sync({ servicePorts: [cart, web] })
  await sync({ servicePorts: [web] })
  await clock.pass(10_000)
  t.strictSame((await folder.snapshot.read())?.servicePorts, [web])
})

t.test('a stop takes what was saved away, as its rules are gone, and leaves the local ports', async t => {
  const { proxy, sync, clock, folder } = stage()
  await sync({ servicePorts: [web] })
  await clock.pass(10_000)
  await proxy.stop({ drainTimeout: seconds(0), hurry: new AbortController().signal })
  t.equal(await folder.snapshot.read(), undefined)
  t.strictSame(await folder.localPorts.read(), new Map([[web.id, port(14_000)]]))
})

t.test('where nothing can be saved it says so once, and serves', async t => {
  const { sync, clock, events } = stage({ diskFails: 'EROFS' })
  await sync()
  await clock.pass(10_000)
  await sync({ servicePorts: [cart, web] })
  await clock.pass(10_000)
  t.strictSame(
    events.filter(({ type }) => type === 'state-not-saved'),
    [{ type: 'state-not-saved', path: '/run/state.json', reason: 'EROFS: no' }],
  )
  t.equal(events.filter(({ type }) => type === 'synced').length >= 2, true)
})
