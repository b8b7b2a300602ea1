import t from 'tap'
import { Notices } from '../../../lib/cli/supervisor/notices.js'
import type { ProxyEvent } from '../../../lib/model/event.js'
import type { Health, Readiness } from '../../../lib/model/health.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { milliseconds, seconds } from '../../../lib/model/milliseconds.js'
import { port } from '../../../lib/model/port.js'
import { servicePortId } from '../../../lib/model/service-port.js'

const health = (readiness: Readiness, healthy = true): Health => ({
  ...{ readiness, nodeEligible: true },
  families: { IPv4: { healthy }, IPv6: { healthy: true } },
})

const synced = (servicePorts: number): ProxyEvent => ({
  ...{ type: 'synced', servicePorts, opened: 0, closed: 0, written: [] },
  duration: milliseconds(1),
})

const cart = servicePortId({ namespace: 'shop', service: 'cart', port: '', protocol: 'TCP' })

const started: ProxyEvent = { type: 'successor-started', pid: 7 }

const notices = (isSuccessor = false): Notices =>
  new Notices({ isSuccessor, watchdog: seconds(60), monotonic: () => 42n })

const readyOnes = (): Notices => {
  const it = notices()
  it.of(synced(3))
  it.of({ type: 'ready' })
  return it
}

t.test('a supervisor is told twice in the time that it waits for signs of life', async t => {
  t.equal(notices().period, seconds(30))
})

t.test('without a watchdog there are no signs of life, and only news', async t => {
  const it = new Notices({ isSuccessor: false, watchdog: undefined, monotonic: () => 42n })
  t.equal(it.period, seconds(30))
  it.of(synced(1))
  it.of({ type: 'ready' })
  t.strictSame(it.beat(health('ready')), [])
  it.of(synced(2))
  t.strictSame(it.beat(health('ready')), ['STATUS=serving 2 service ports'])
})

t.test('while it starts it asks for patience, and says what it waits for', async t => {
  const it = notices()
  t.strictSame(it.beat(health('no lists yet')), [
    ...['WATCHDOG=1', 'EXTEND_TIMEOUT_USEC=90000000', 'STATUS=waiting for the API server'],
  ])
  t.strictSame(it.beat(health('no lists yet')), ['WATCHDOG=1', 'EXTEND_TIMEOUT_USEC=90000000'])
})

t.test('it is ready once, and then only lives', async t => {
  const it = notices()
  t.strictSame(it.of(synced(1)), [])
  t.strictSame(it.of({ type: 'ready' }), ['READY=1', 'STATUS=serving 1 service port'])
  t.strictSame(it.beat(health('ready')), ['WATCHDOG=1'])
})

t.test('a portal that does not lead to its listener keeps it from being ready, and is named', async t => {
  const it = notices()
  it.of(synced(1))
  it.of({
    ...{ type: 'self-test', servicePort: cart, outcome: 'refused', reason: 'ECONNREFUSED' },
    ...{ portal: { address: ipAddress('10.96.0.7'), port: port(80) }, cure: 'look' },
  })
  t.strictSame(it.beat(health('ready')), [
    ...['WATCHDOG=1', 'EXTEND_TIMEOUT_USEC=90000000'],
    'STATUS=self-test: portal 10.96.0.7:80 of shop/cart/TCP does not lead to its listener: refused: ECONNREFUSED; what to do: look',
  ])
})

t.test('who is not healthy gives no sign of life', async t => {
  const it = readyOnes()
  t.strictSame(it.beat(health('ready', false)), [
    'STATUS=not healthy: a change waits for too long to be put into force; see the log',
  ])
  t.strictSame(it.beat(health('ready', false)), [])
  t.strictSame(it.beat(health('ready')), ['WATCHDOG=1', 'STATUS=serving 3 service ports'])
})

t.test('a reload begins with the moment it began, and ends when it fails', async t => {
  const it = readyOnes()
  t.strictSame(it.of(started), [
    ...['RELOADING=1', 'MONOTONIC_USEC=42'],
    'STATUS=reloading: process 7 is to take over; serving until it does',
  ])
  t.strictSame(it.beat(health('ready')), ['WATCHDOG=1'])
  t.strictSame(it.of({ type: 'successor-failed', reason: 'no\nluck' }), [
    'READY=1',
    'STATUS=reloading failed, going on as before: no luck',
  ])
})

t.test('who was never ready does not reload: it goes on starting', async t => {
  const it = notices()
  t.strictSame(it.of(started), [])
  t.strictSame(it.of({ type: 'successor-failed', reason: 'no luck' }), [])
})

t.test('who has handed over is silent', async t => {
  const it = readyOnes()
  it.of({ type: 'handed-over', connections: 3 })
  t.strictSame(it.beat(health('ready')), [])
})

t.test('a successor speaks from when it serves', async t => {
  const it = notices(true)
  t.strictSame(it.beat(health('no lists yet')), [])
  it.of({ type: 'took-over' })
  it.of(synced(3))
  t.strictSame(it.of({ type: 'ready' }), ['READY=1', 'STATUS=serving 3 service ports'])
  t.strictSame(it.beat(health('ready')), ['WATCHDOG=1'])
})

t.test('a stop takes as long as connections may, and a little more', async t => {
  const it = readyOnes()
  t.strictSame(it.of({ type: 'stopping', connections: 2, drainTimeout: seconds(600) }), [
    ...['STOPPING=1', 'EXTEND_TIMEOUT_USEC=605000000'],
    'STATUS=stopping: 2 connections open, waiting up to 10 min; a second signal waits no longer',
  ])
})

t.test('a long status is cut', async t => {
  const it = readyOnes()
  const [, status = ''] = it.of({ type: 'successor-failed', reason: 'x'.repeat(1000) })
  t.equal(status.length, 'STATUS='.length + 400)
})
