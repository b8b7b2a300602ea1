import t from 'tap'
import { RoundRobin } from '../../lib/balancer/round-robin.js'
import { Sticky } from '../../lib/balancer/sticky.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { FakeClock } from '../fake-clock.js'
import { client, endpoint, endpoints, picked, unshuffled } from './endpoints.js'

const [anna, ben, cleo] = [client(1), client(2), client(3)]

/** Three endpoints, a timeout of 100 s. */
const sticky = (limit = 100): { readonly clock: FakeClock; readonly picker: Sticky } => {
  const clock = new FakeClock()
  const picker = new Sticky(new RoundRobin(unshuffled), { clock, timeout: seconds(100), limit })
  picker.replace(endpoints(1, 2, 3))
  return { clock, picker }
}

t.test('a client returns to its endpoint, whoever comes in between', t => {
  const { picker } = sticky()
  t.equal(picked(picker, anna, ben, anna, anna, cleo, ben), '1 2 1 1 3 2')
  t.end()
})

t.test('a client returns to its endpoint until the timeout has passed', t => {
  const { clock, picker } = sticky()
  picked(picker, anna)
  clock.advance(milliseconds(99_999))
  t.equal(picked(picker, anna), '1')
  clock.advance(seconds(100))
  t.equal(picked(picker, anna), '2')
  t.end()
})

t.test('each new connection begins the timeout anew', t => {
  const { clock, picker } = sticky()
  for (let minute = 0; minute < 5; minute += 1) {
    t.equal(picked(picker, anna), '1')
    clock.advance(seconds(60))
  }
  t.end()
})

t.test('a timeout changed while clients are known counts for them', t => {
  const { clock, picker } = sticky()
  picked(picker, anna)
  clock.advance(seconds(50))
  picker.timeout = seconds(60)
  t.equal(picked(picker, anna), '1')
  clock.advance(seconds(50))
  picker.timeout = seconds(10)
  t.equal(picked(picker, anna), '2')
  t.end()
})

t.test('clients come before endpoints', t => {
  const { picker } = sticky()
  picker.replace([])
  t.equal(picked(picker, anna), '-')
  picker.replace(endpoints(1, 2, 3))
  t.equal(picked(picker, anna, ben, anna), '1 2 1')
  t.end()
})

t.test('removing an endpoint moves its clients and nobody else', t => {
  const { picker } = sticky()
  picked(picker, anna, ben, cleo)
  picker.replace(endpoints(1, 3))
  t.equal(picked(picker, anna, cleo), '1 3')
  t.match(picked(picker, ben), /^[13]$/)
  t.end()
})

t.test('a client of a removed endpoint does not return to it when it comes back', t => {
  const { picker } = sticky()
  t.equal(picked(picker, ben, anna), '1 2')
  picker.replace(endpoints(1, 3))
  picker.replace(endpoints(1, 2, 3))
  t.equal(picked(picker, anna), '1')
  t.end()
})

t.test('adding an endpoint moves nobody', t => {
  const { picker } = sticky()
  picked(picker, anna, ben, cleo)
  picker.replace(endpoints(4, 3, 2, 1))
  t.equal(picked(picker, anna, ben, cleo), '1 2 3')
  t.end()
})

t.test('a client whose endpoint failed gets another and stays there', t => {
  const { picker } = sticky()
  picked(picker, anna)
  t.strictSame(picker.next(anna, [endpoint(1)]), endpoint(2))
  t.equal(picked(picker, anna, anna), '2 2')
  t.end()
})

t.test('a forgotten client gets a fresh choice', t => {
  const { picker } = sticky()
  picked(picker, anna)
  picker.forget(anna, endpoint(1))
  t.equal(picked(picker, anna), '2')
  t.end()
})

t.test('a late failure of a former endpoint does not move a client again', t => {
  const { picker } = sticky()
  picked(picker, anna)
  picker.next(anna, [endpoint(1)])
  picker.forget(anna, endpoint(1))
  t.equal(picked(picker, anna), '2')
  t.end()
})

t.test('two ports of a Service keep a client apart from each other', t => {
  const [http, admin] = [sticky().picker, sticky().picker]
  picked(http, anna)
  picked(admin, ben, anna)
  t.equal(picked(http, anna), '1')
  t.equal(picked(admin, anna), '2')
  t.end()
})

t.test('beyond the limit the client unseen for longest is forgotten', t => {
  const { picker } = sticky(2)
  t.equal(picked(picker, anna, ben, anna, cleo), '1 2 1 3')
  t.equal(picker.clients, 2)
  t.equal(picked(picker, anna, cleo), '1 3')
  t.equal(picked(picker, ben), '1')
  t.end()
})

t.test('a flood of clients is remembered up to the limit', t => {
  const picker = new Sticky(new RoundRobin(unshuffled), { clock: new FakeClock(), timeout: seconds(100) })
  picker.replace(endpoints(1, 2, 3))
  for (let number = 0; number < 65_536; number += 1) picker.next(client(number))
  t.equal(picker.clients, 65_536)
  picker.next(client(65_536))
  t.equal(picker.clients, 65_536)
  t.end()
})

t.test('clients whose time has passed are dropped, not kept', t => {
  const { clock, picker } = sticky()
  picked(picker, anna, ben)
  clock.advance(seconds(100))
  picked(picker, cleo)
  t.equal(picker.clients, 1)
  t.end()
})
