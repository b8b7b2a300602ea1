import fc from 'fast-check'
import t from 'tap'
import { RoundRobin } from '../../lib/balancer/round-robin.js'
import { client, dealt, endpoint, endpoints, unshuffled } from './endpoints.js'

const roundRobin = (...numbers: readonly number[]): RoundRobin => {
  const picker = new RoundRobin(unshuffled)
  picker.replace(endpoints(...numbers))
  return picker
}

t.test('without endpoints nobody is chosen', t => {
  t.equal(dealt(new RoundRobin(unshuffled), 2), '- -')
  t.equal(dealt(roundRobin(), 2), '- -')
  t.end()
})

t.test('one endpoint serves every connection', t => {
  t.equal(dealt(roundRobin(1), 3), '1 1 1')
  t.end()
})

t.test('several endpoints are dealt in turn, and over again', t => {
  t.equal(dealt(roundRobin(1, 2, 3), 7), '1 2 3 1 2 3 1')
  t.end()
})

t.test('a new set is shuffled', t => {
  const picker = new RoundRobin(() => 0.999)
  picker.replace(endpoints(1, 2, 3))
  t.equal(dealt(picker, 4), '3 1 2 3')
  t.end()
})

t.test('a new set starts over from its first endpoint', t => {
  const picker = roundRobin(1, 2, 3)
  dealt(picker, 2)
  picker.replace(endpoints(1, 2, 3, 4))
  t.equal(dealt(picker, 5), '1 2 3 4 1')
  t.end()
})

t.test('an equal set, in whatever order, keeps order and place', t => {
  const picker = roundRobin(1, 2, 3)
  dealt(picker, 1)
  picker.replace(endpoints(3, 1, 2))
  t.equal(dealt(picker, 3), '2 3 1')
  t.end()
})

t.test('a set of the same size with another endpoint is a new set', t => {
  const picker = roundRobin(1, 2, 3)
  dealt(picker, 1)
  picker.replace(endpoints(1, 2, 4))
  t.equal(dealt(picker, 3), '1 2 4')
  t.end()
})

t.test('an endpoint named twice is dealt once a round', t => {
  t.equal(dealt(roundRobin(1, 2, 1), 4), '1 2 1 2')
  t.end()
})

t.test('endpoints that go and come back are dealt again', t => {
  const picker = roundRobin(1, 2)
  picker.replace([])
  t.equal(dealt(picker, 1), '-')
  picker.replace(endpoints(1, 2))
  t.equal(dealt(picker, 2), '1 2')
  t.end()
})

t.test('the ports of a Service are dealt independently of each other', t => {
  const http = roundRobin(1, 2, 3)
  const admin = roundRobin(1, 2, 3)
  dealt(http, 2)
  t.equal(dealt(admin, 3), '1 2 3')
  t.end()
})

t.test('removing the endpoints of one Service leaves the others where they were', t => {
  const cart = roundRobin(1, 2, 3)
  const stock = roundRobin(1, 2, 3)
  dealt(cart, 1)
  stock.replace([])
  t.equal(dealt(cart, 3), '2 3 1')
  t.end()
})

t.test('a failed endpoint is avoided while another remains', t => {
  const picker = roundRobin(1, 2, 3)
  t.strictSame(picker.next(client(1), endpoints(1, 2)), endpoint(3))
  t.equal(dealt(picker, 1), '1', 'the turn goes on behind it')
  t.end()
})

t.test('after a failure the turn goes on from where it is', t => {
  const picker = roundRobin(1, 2, 3, 4)
  dealt(picker, 2)
  t.strictSame(picker.next(client(1), endpoints(1)), endpoint(3))
  t.equal(dealt(picker, 2), '4 1')
  t.end()
})

t.test('when all have failed, the oldest failure is tried first', t => {
  t.strictSame(roundRobin(1, 2, 3).next(client(1), endpoints(2, 3, 1)), endpoint(2))
  t.strictSame(roundRobin(1, 2).next(client(1), endpoints(1, 2, 1)), endpoint(2))
  t.strictSame(roundRobin(1).next(client(1), endpoints(1)), endpoint(1))
  t.equal(roundRobin().next(client(1), endpoints(1)), undefined)
  t.end()
})

t.test('it is fair: no endpoint serves two connections more than another', t => {
  const count = fc.integer({ min: 1, max: 20 })
  const property = fc.property(count, fc.integer({ min: 1, max: 200 }), (size, connections) => {
    const picker = roundRobin(...Array.from({ length: size }, (_, index) => index + 1))
    const served = Array.from({ length: size }, () => 0)
    for (const number of dealt(picker, connections).split(' ').map(Number))
      served[number - 1] = (served[number - 1] ?? 0) + 1
    return Math.max(...served) - Math.min(...served) <= 1
  })
  t.doesNotThrow(() => fc.assert(property))
  t.end()
})
