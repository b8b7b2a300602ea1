import t from 'tap'
import { Avoiding } from '../../lib/balancer/avoiding.js'
import { RoundRobin } from '../../lib/balancer/round-robin.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { FakeClock } from '../fake-clock.js'
import { client, dealt, endpoint, endpoints, unshuffled } from './endpoints.js'

const anna = client(1)

const avoiding = (count: number): { readonly clock: FakeClock; readonly picker: Avoiding } => {
  const clock = new FakeClock()
  const picker = new Avoiding(new RoundRobin(unshuffled), { clock })
  picker.replace(endpoints(...Array.from({ length: count }, (_, index) => index + 1)))
  return { clock, picker }
}

t.test('an endpoint that failed is passed over for 5 s, and the others share its clients', t => {
  const { clock, picker } = avoiding(3)
  picker.forget(anna, endpoint(1))
  clock.advance(4_999)
  t.equal(dealt(picker, 5), '2 3 2 3 2')
  clock.advance(1)
  t.equal(dealt(picker, 2), '3 1')
  t.end()
})

t.test('after that one client tries it, and the others a second later if it did not fail', t => {
  const { clock, picker } = avoiding(2)
  picker.forget(anna, endpoint(1))
  clock.advance(seconds(5))
  t.equal(dealt(picker, 4), '1 2 2 2')
  clock.advance(seconds(1))
  t.equal(dealt(picker, 4), '1 2 1 2')
  t.end()
})

t.test('each trial that fails doubles the time, to a minute', t => {
  const { clock, picker } = avoiding(2)
  picker.forget(anna, endpoint(1))
  for (const span of [5, 10, 20, 40, 60, 60]) {
    clock.advance(seconds(span) - 1)
    t.equal(dealt(picker, 3), '2 2 2', `not within ${span} s`)
    clock.advance(1)
    t.match(dealt(picker, 2), '1', `then it is tried`)
    picker.forget(anna, endpoint(1))
  }
  t.end()
})

t.test('an endpoint that worked again begins with 5 s when it fails anew', t => {
  const { clock, picker } = avoiding(2)
  picker.forget(anna, endpoint(1))
  clock.advance(seconds(5))
  dealt(picker, 2)
  clock.advance(seconds(1))
  dealt(picker, 2)
  picker.forget(anna, endpoint(1))
  clock.advance(seconds(5))
  t.match(dealt(picker, 2), '1')
  t.end()
})

t.test('a hundred clients that fail at once count as one failure', t => {
  const { clock, picker } = avoiding(2)
  for (let id = 0; id < 100; id += 1) picker.forget(client(id), endpoint(1))
  clock.advance(seconds(5))
  t.match(dealt(picker, 2), '1')
  t.end()
})

t.test('the last endpoint is never avoided', t => {
  const { picker } = avoiding(1)
  picker.forget(anna, endpoint(1))
  t.equal(dealt(picker, 2), '1 1')
  t.end()
})

t.test('no more than half are avoided: those that failed last', t => {
  const { picker } = avoiding(5)
  for (const number of [1, 2, 3, 4]) picker.forget(anna, endpoint(number))
  t.equal(dealt(picker, 6), '1 2 5 1 2 5')
  t.end()
})

t.test('when fewer than half have failed, all of them are avoided', t => {
  const { picker } = avoiding(6)
  for (const number of [1, 2]) picker.forget(anna, endpoint(number))
  t.equal(dealt(picker, 5), '3 4 5 6 3')
  t.end()
})

t.test('an endpoint that fails again is the one that failed last', t => {
  const { clock, picker } = avoiding(3)
  picker.forget(anna, endpoint(1))
  clock.advance(seconds(4))
  picker.forget(anna, endpoint(2))
  clock.advance(seconds(1))
  picker.forget(anna, endpoint(1))
  t.equal(dealt(picker, 4), '2 3 2 3')
  t.end()
})

t.test('a client that was at it for long may fail when the time is over, and that counts', t => {
  const { clock, picker } = avoiding(2)
  picker.forget(anna, endpoint(1))
  clock.advance(seconds(5))
  picker.forget(anna, endpoint(1))
  clock.advance(9_999)
  t.equal(dealt(picker, 3), '2 2 2')
  t.end()
})

t.test('a client that every other endpoint has failed gets the avoided one, which stays avoided', t => {
  const { clock, picker } = avoiding(2)
  picker.forget(anna, endpoint(1))
  t.strictSame(picker.next(anna, [endpoint(2)]), endpoint(1))
  clock.advance(seconds(4))
  t.equal(dealt(picker, 3), '2 2 2')
  t.end()
})

t.test('an endpoint that was removed and comes back is not avoided', t => {
  const { picker } = avoiding(3)
  picker.forget(anna, endpoint(1))
  picker.replace(endpoints(2, 3))
  picker.replace(endpoints(1, 2, 3))
  t.equal(dealt(picker, 3), '1 2 3')
  t.end()
})
