import t from 'tap'
import { LiveView } from '../../lib/control/live-view.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { servicePortId } from '../../lib/model/service-port.js'
import { FakeClock } from '../fake-clock.js'

const servicePort = servicePortId({ namespace: 'shop', service: 'cart', port: 'http', protocol: 'TCP' })
const client = ipAddress('10.244.0.7')
const endpoint = { address: ipAddress('10.244.0.9'), port: port(8080) }
const one = { connection: 7, servicePort, client, endpoint }
const synced: ProxyEvent = {
  ...{ type: 'synced', servicePorts: 1, opened: 0, closed: 0, written: [] },
  duration: milliseconds(3),
}

const viewed = (): { readonly clock: FakeClock; readonly live: LiveView } => {
  const clock = new FakeClock()
  return { clock, live: new LiveView({ clock, textOf: event => event.type }) }
}

t.test('open connections and UDP clients are counted, those that could not be served are not', async t => {
  const { live } = viewed()
  live.note({ type: 'connected', ...one, attempt: 1, duration: milliseconds(1) })
  live.note({ type: 'connected', ...one, attempt: 1, duration: milliseconds(1) })
  live.note({ type: 'turned-away', connection: 9, servicePort, client, reason: 'no endpoint' })
  live.note({ type: 'disconnected', ...one, sent: 1, received: 1, duration: milliseconds(1), how: 'ended' })
  live.note({ type: 'flow-began', flow: 1, servicePort, client, endpoint, attempt: 1 })
  t.strictSame([live.connections(servicePort), live.flows(servicePort)], [1, 1])
  t.equal(live.version, 0, 'which is no change to look at')
})

t.test('what is wrong is known until it is said to be over', async t => {
  const { clock, live } = viewed()
  live.note({ type: 'sync-failed', reason: 'locked', retryIn: seconds(1), again: false })
  const health = { purpose: 'health', port: port(10_256) } as const
  live.note({ type: 'http-port-failed', ...health, reason: 'EADDRINUSE' })
  live.note({ type: 'node-ports-nowhere', family: 'IPv4' })
  t.strictSame(live.troubles, ['sync-failed', 'http-port-failed', 'node-ports-nowhere'])
  clock.advance(40)
  live.note(synced)
  live.note({ type: 'http-port', ...health, purpose: 'metrics' })
  live.note({ type: 'http-port', ...health })
  t.strictSame(live.troubles, ['node-ports-nowhere'], 'which nothing ends')
  t.equal(live.synced, 40)
})

t.test('a self-test that goes well ends what the one before it said', async t => {
  const { live } = viewed()
  const tried = { type: 'self-test', servicePort, portal: endpoint } as const
  live.note({ ...tried, outcome: 'refused', reason: 'ECONNREFUSED', cure: 'look' })
  t.strictSame(live.troubles, ['self-test'])
  live.note({ ...tried, outcome: 'well' })
  t.strictSame(live.troubles, [])
})

t.test(
  'portals that somebody else has are named until they are ours, or the service port is gone',
  async t => {
    const { live } = viewed()
    const failed = { type: 'portal-failed', servicePort, portal: '*:30080', reason: 'EADDRINUSE' } as const
    live.note(failed)
    live.note({ ...failed, portal: '*:30081' })
    live.note({ type: 'listen-failed', servicePort, reason: 'EMFILE' })
    t.strictSame(live.failures(servicePort), ['EMFILE', '*:30080: EADDRINUSE', '*:30081: EADDRINUSE'])
    live.note({ type: 'portal-served', servicePort, portal: '*:30080' })
    live.note({ type: 'listening', servicePort, family: 'IPv4', port: port(14_000) })
    t.strictSame(live.failures(servicePort), ['*:30081: EADDRINUSE'])
    live.note({ type: 'closed', servicePort, port: port(14_000) })
    t.strictSame(live.failures(servicePort), [])
  },
)
