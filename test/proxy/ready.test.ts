import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { settled } from '../fake-clock.js'
import { stage } from './stage.js'

t.test('it is ready when all that is wanted is in force, and says so once', async t => {
  const { sync, events } = stage()
  await sync({ brokenFamilies: ['IPv6'] })
  await settled()
  t.strictSame(events.filter(isOf('ready')), [], 'rules are missing')
  await sync({ brokenFamilies: [] })
  await settled()
  t.equal(events.filter(isOf('ready')).length, 1)
  await sync()
  await settled()
  t.equal(events.filter(isOf('ready')).length, 1, 'once')
})

t.test('it is not ready while a portal that was tried does not lead here', async t => {
  let leads = false
  const { sync, events } = stage({ leadsHere: () => leads })
  await sync()
  await settled()
  t.strictSame(events.filter(isOf('ready')), [])
  leads = true
  await sync()
  await settled()
  t.equal(events.filter(isOf('ready')).length, 1)
})
