import t from 'tap'
import { ServicePicker } from '../../lib/balancer/service-picker.js'
import { seconds } from '../../lib/model/milliseconds.js'
import type { Affinity } from '../../lib/model/service-port.js'
import { FakeClock } from '../fake-clock.js'
import { client, endpoint, endpoints, picked, unshuffled } from './endpoints.js'

const [anna, ben] = [client(1), client(2)]

const none: Affinity = { kind: 'none' }
const byClient = (span: number): Affinity => ({ kind: 'client-ip', timeout: seconds(span) })

const servicePicker = (): { readonly clock: FakeClock; readonly picker: ServicePicker } => {
  const clock = new FakeClock()
  return { clock, picker: new ServicePicker({ clock, random: unshuffled }) }
}

t.test('without affinity a client goes from endpoint to endpoint', t => {
  const { picker } = servicePicker()
  picker.replace(endpoints(1, 2, 3))
  t.equal(picked(picker, anna, anna, anna, anna), '1 2 3 1')
  t.end()
})

t.test('a client stays with its endpoint, whether the Service or its endpoints came first', t => {
  const serviceFirst = servicePicker().picker
  serviceFirst.setAffinity(byClient(100))
  serviceFirst.replace(endpoints(1, 2))
  t.equal(picked(serviceFirst, anna, ben, anna), '1 2 1')

  const endpointsFirst = servicePicker().picker
  endpointsFirst.replace(endpoints(1, 2))
  endpointsFirst.setAffinity(byClient(100))
  t.equal(picked(endpointsFirst, anna, ben, anna), '1 2 1')
  t.end()
})

t.test('affinity that is switched on takes effect, and the rotation goes on from its place', t => {
  const { picker } = servicePicker()
  picker.replace(endpoints(1, 2, 3))
  picked(picker, anna)
  picker.setAffinity(byClient(100))
  t.equal(picked(picker, anna, anna, ben, anna), '2 2 3 2')
  t.end()
})

t.test('affinity that is switched off takes effect, and the rotation goes on from its place', t => {
  const { picker } = servicePicker()
  picker.setAffinity(byClient(100))
  picker.replace(endpoints(1, 2, 3))
  picked(picker, anna, anna)
  picker.setAffinity(none)
  t.equal(picked(picker, anna, anna, anna), '2 3 1')
  t.end()
})

t.test('affinity that was off for a while has forgotten its clients', t => {
  const { picker } = servicePicker()
  picker.setAffinity(byClient(100))
  picker.replace(endpoints(1, 2, 3))
  picked(picker, anna)
  picker.setAffinity(none)
  picker.setAffinity(byClient(100))
  t.equal(picked(picker, anna), '2')
  t.end()
})

t.test('a new timeout counts for clients already known', t => {
  const { clock, picker } = servicePicker()
  picker.setAffinity(byClient(10))
  picker.replace(endpoints(1, 2, 3))
  picked(picker, anna)
  picker.setAffinity(byClient(100))
  clock.advance(seconds(50))
  t.equal(picked(picker, anna), '1')
  picker.setAffinity(byClient(10))
  clock.advance(seconds(50))
  t.equal(picked(picker, anna), '2')
  t.end()
})

t.test('a failure moves a client for good', t => {
  const { picker } = servicePicker()
  picker.setAffinity(byClient(100))
  picker.replace(endpoints(1, 2, 3))
  picked(picker, anna)
  picker.forget(anna, endpoint(1))
  t.strictSame(picker.next(anna, [endpoint(1)]), endpoint(2))
  t.equal(picked(picker, anna), '2')
  t.end()
})

t.test('an endpoint that failed a client with affinity is avoided by others, too', t => {
  const { picker } = servicePicker()
  picker.setAffinity(byClient(100))
  picker.replace(endpoints(1, 2, 3))
  picked(picker, anna)
  picker.forget(anna, endpoint(1))
  t.equal(picked(picker, client(3), client(4), client(5)), '2 3 2')
  t.end()
})

t.test('who was pinned in another process returns to its endpoint', async t => {
  const before = servicePicker()
  before.picker.setAffinity(byClient(100))
  before.picker.replace(endpoints(1, 2, 3))
  picked(before.picker, anna, ben)
  await before.clock.pass(seconds(60))
  const clock = new FakeClock()
  const after = new ServicePicker({ clock, random: unshuffled, pins: before.picker.pins })
  after.setAffinity(byClient(100))
  after.replace(endpoints(2, 3))
  t.equal(picked(after, ben, anna), '2 2', 'unless its endpoint is gone')
  const other = new ServicePicker({ clock, random: unshuffled, pins: before.picker.pins })
  other.setAffinity(byClient(100))
  other.replace(endpoints(2, 3))
  picked(other, anna)
  await clock.pass(seconds(41))
  t.equal(picked(other, ben), '3', 'and for as long as it would have there')
})

t.test('it can be looked at what it would do, and nothing comes of looking', t => {
  const { picker } = servicePicker()
  picker.replace(endpoints(1, 2, 3))
  t.strictSame(picker.outlook(anna), { pin: undefined, next: endpoint(1), avoided: [] })
  t.equal(picked(picker, anna), '1')
  picker.forget(anna, endpoint(2))
  t.strictSame(picker.outlook(), { pin: undefined, next: endpoint(3), avoided: [endpoint(2)] })
  t.strictSame(picker.failing, [endpoint(2)])
  picker.setAffinity(byClient(100))
  t.equal(picked(picker, anna), '3')
  t.strictSame(picker.outlook(anna).pin, { client: anna, endpoint: endpoint(3), age: 0 })
  t.equal(picker.outlook(ben).pin, undefined)
  t.strictSame([picker.clients, picker.onlyClient], [1, anna])
  t.equal(picked(picker, ben), '1')
  t.strictSame([picker.clients, picker.onlyClient], [2, undefined])
  t.end()
})

t.test('a client whose time is over is no longer said to return', async t => {
  const { clock, picker } = servicePicker()
  picker.setAffinity(byClient(100))
  picker.replace(endpoints(1, 2))
  picked(picker, anna)
  await clock.pass(seconds(100))
  t.equal(picker.pinOf(anna), undefined)
})

t.test('an endpoint that has failed is failing until somebody was served by it', async t => {
  const { clock, picker } = servicePicker()
  picker.replace(endpoints(1))
  picker.forget(anna, endpoint(1))
  t.strictSame(
    [picker.failing, picker.outlook().avoided],
    [[endpoint(1)], []],
    'the last one is not passed over',
  )
  await clock.pass(seconds(6))
  t.strictSame(picker.failing, [endpoint(1)], 'as nobody has tried')
  t.equal(picked(picker, anna), '1')
  await clock.pass(seconds(2))
  t.strictSame(picker.failing, [])
})
