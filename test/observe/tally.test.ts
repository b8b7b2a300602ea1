import t from 'tap'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { servicePortId } from '../../lib/model/service-port.js'
import type { TurnedAway } from '../../lib/model/traffic-event.js'
import { Tally } from '../../lib/observe/tally.js'
import { FakeClock } from '../fake-clock.js'

const client = ipAddress('10.244.0.7')
const cart = servicePortId({ namespace: 'shop', service: 'cart', port: '', protocol: 'TCP' })
const dns = servicePortId({ namespace: 'shop', service: 'dns', port: '', protocol: 'UDP' })

const turnedAway = (reason: TurnedAway['reason']): ProxyEvent => ({
  type: 'turned-away',
  connection: 1,
  servicePort: cart,
  client,
  reason,
})

const stage = () => {
  const clock = new FakeClock()
  const said: string[] = []
  const tally = new Tally({ clock, warn: text => void said.push(text) })
  const note = (event: ProxyEvent, times: number): void => {
    for (let count = 0; count < times; count += 1) tally.note(event)
  }
  return { clock, said, tally, note }
}

t.test('many refusals are one line, by service port and reason', t => {
  const { clock, said, note } = stage()
  note(turnedAway('too many connections'), 300)
  note(turnedAway('more than its share of connections'), 20)
  note({ type: 'flow-refused', servicePort: dns, client, reason: 'no room' }, 7)
  t.strictSame(said, [])
  clock.advance(seconds(1))
  t.strictSame(said, [
    'shop/cart/TCP: clients reset: too many connections (300)',
    'shop/cart/TCP: clients reset: more than its share of connections (20)',
    'shop/dns/UDP: datagrams lost: no room (7)',
  ])
  t.end()
})

t.test('those that go on are told of every ten seconds, with the sum', t => {
  const { clock, said, note } = stage()
  note(turnedAway('too many connections'), 3)
  clock.advance(seconds(1))
  note(turnedAway('too many connections'), 4)
  clock.advance(seconds(9))
  t.equal(said.length, 1)
  clock.advance(seconds(1))
  t.strictSame(said.slice(1), ['shop/cart/TCP: clients reset: too many connections (4, 7 in all)'])
  clock.advance(seconds(20))
  t.equal(said.length, 2)
  t.equal(clock.alarms, 0, 'and nothing waits when there is no news')
  t.end()
})

t.test('whoever left by itself was not refused', t => {
  const { clock, said, note } = stage()
  note(turnedAway('client left'), 5)
  note(turnedAway('stopping'), 5)
  clock.advance(seconds(60))
  t.strictSame(said, [])
  t.end()
})

t.test('at the end, nothing is kept back', t => {
  const { clock, said, tally, note } = stage()
  note(turnedAway('too many connections'), 2)
  tally.close()
  t.equal(said.length, 1)
  t.equal(clock.alarms, 0)
  t.end()
})

t.test('an endpoint that fails is named, with how often, and so is who had nobody else', t => {
  const { clock, said, note } = stage()
  const endpoint = { address: ipAddress('10.244.0.9'), port: port(8080) }
  const failed = {
    connection: 1,
    servicePort: cart,
    client,
    endpoint,
    attempt: 1,
    reason: 'connect ECONNREFUSED',
  }
  note({ type: 'dial-failed', ...failed }, 40)
  note(turnedAway('every endpoint failed'), 10)
  note(turnedAway('loop'), 1)
  clock.advance(seconds(1))
  t.strictSame(said, [
    'shop/cart/TCP: endpoint 10.244.0.9:8080 failed: connect ECONNREFUSED (40)',
    'shop/cart/TCP: clients reset: every endpoint failed (10)',
    'shop/cart/TCP: clients reset: loop (1)',
  ])
  t.end()
})
