import t from 'tap'
import type { ProxyEvent } from '../../../lib/model/event.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { milliseconds } from '../../../lib/model/milliseconds.js'
import { port } from '../../../lib/model/port.js'
import { type ServicePortId, servicePortId } from '../../../lib/model/service-port.js'
import { exposition } from '../../../lib/observe/metrics/exposition.js'
import { type OpenTraffic, ServiceCounts } from '../../../lib/observe/metrics/service-counts.js'

const idOf = (service: string, name = 'http'): ServicePortId =>
  servicePortId({ namespace: 'shop', service, port: name, protocol: 'TCP' })

const [cart, till, desk] = [idOf('cart'), idOf('till'), idOf('desk')]
const client = ipAddress('10.244.0.7')
const endpoint = { address: ipAddress('10.244.0.9'), port: port(8080) }
const duration = milliseconds(1)

const listening = (servicePort: ServicePortId): ProxyEvent => ({
  ...{ type: 'listening', servicePort, family: 'IPv4', port: port(14_000) },
})
const closed = (servicePort: ServicePortId): ProxyEvent => ({
  ...{ type: 'closed', servicePort, port: port(14_000) },
})
const connected = (servicePort: ServicePortId, attempt = 1): ProxyEvent => ({
  ...{ type: 'connected', connection: 1, servicePort, client, endpoint, attempt, duration },
})
const disconnected = (servicePort: ServicePortId, sent = 0, received = 0): ProxyEvent => ({
  ...{ type: 'disconnected', connection: 1, servicePort, client, endpoint, sent, received, duration },
  how: 'ended',
})
const began = (servicePort: ServicePortId): ProxyEvent => ({
  ...{ type: 'flow-began', flow: 1, servicePort, client, endpoint, attempt: 1 },
})
const ended = (servicePort: ServicePortId, sent: number, received: number): ProxyEvent => ({
  ...{ type: 'flow-ended', flow: 1, servicePort, client, endpoint, sent, received, duration, how: 'idle' },
})
const turnedAway = (servicePort: ServicePortId): ProxyEvent => ({
  ...{ type: 'turned-away', connection: 1, servicePort, client, reason: 'no endpoint' },
})

/** What is told after `events`: each number that is not 0, as `NAME SERVICE NUMBER`, without what all names have. */
const told = async (counts: ServiceCounts, open: readonly OpenTraffic[] = []): Promise<readonly string[]> =>
  (await exposition(counts.metrics(open), 'text'))
    .split('\n')
    .filter(line => !line.startsWith('#') && !line.endsWith(' 0') && line !== '')
    .map(line => line.replace(/^kube_portal_(\w+)\{namespace="\w+",service="(\w+)",?(.*)\} /, '$1 $2 $3 '))
    .map(line => line.replace(/ {2}/, ' '))

const countsAfter = (most: number, ...events: readonly ProxyEvent[]): ServiceCounts => {
  const counts = new ServiceCounts(most)
  for (const event of events) counts.note(event)
  return counts
}

t.test('what clients do is added up for each Service, whatever its ports', async t => {
  const counts = countsAfter(
    10,
    ...[listening(cart), listening(idOf('cart', 'admin')), listening(till)],
    ...[connected(cart), connected(idOf('cart', 'admin'), 3), disconnected(cart, 5, 70)],
    { type: 'dial-failed', connection: 1, servicePort: cart, client, endpoint, attempt: 1, reason: 'x' },
    ...[turnedAway(till), turnedAway(till), began(till), began(till), ended(till, 4, 6)],
    { type: 'flow-refused', servicePort: till, client, reason: 'no room' },
  )
  t.strictSame(await told(counts), [
    'connections_open cart 1',
    'connections_total cart 2',
    'sent_bytes_total cart 5',
    'sent_bytes_total till 4',
    'received_bytes_total cart 70',
    'received_bytes_total till 6',
    'retries_total cart 1',
    'endpoint_failures_total cart 1',
    'udp_flows_open till 1',
    'udp_flows_total till 2',
    'clients_reset_total till reason="no endpoint" 2',
    'udp_refused_total till reason="no room" 1',
  ])
})

t.test('the bytes of a connection count as they pass, and once', async t => {
  const counts = countsAfter(10, listening(cart), connected(cart))
  const bytes = async (open: readonly OpenTraffic[]): Promise<readonly string[]> =>
    (await told(counts, open)).filter(line => line.includes('bytes'))
  const open = [{ servicePort: cart, sent: 5, received: 70 }]
  for (let scrape = 0; scrape < 2; scrape += 1)
    t.strictSame(await bytes(open), ['sent_bytes_total cart 5', 'received_bytes_total cart 70'])
  counts.note(disconnected(cart, 6, 80))
  t.strictSame(await bytes([]), ['sent_bytes_total cart 6', 'received_bytes_total cart 80'])
})

t.test('a Service that is gone leaves with its last client, and no number stays or goes below 0', async t => {
  const counts = countsAfter(10, listening(cart), connected(cart), closed(cart))
  t.strictSame(await told(counts), ['connections_open cart 1', 'connections_total cart 1'])
  counts.note(disconnected(cart, 1, 2))
  t.notMatch(await exposition(counts.metrics([]), 'text'), /cart/)
  counts.note(turnedAway(cart))
  t.strictSame(await told(counts), ['clients_reset_total _other reason="no endpoint" 1'])
  counts.note(listening(cart))
  t.match(
    await exposition(counts.metrics([]), 'text'),
    /connections_total\{namespace="shop",service="cart"\} 0\n/,
  )
})

t.test(
  'a client that comes before its listener is known to be open, or after it is closed, leaves nothing',
  async t => {
    const early = countsAfter(10, began(cart), listening(cart), ended(cart, 1, 2))
    t.match(
      await exposition(early.metrics([]), 'text'),
      /udp_flows_total\{namespace="shop",service="cart"\} 1\n/,
    )
    const late = countsAfter(10, listening(cart), closed(cart), connected(cart), disconnected(cart))
    t.notMatch(await exposition(late.metrics([]), 'text'), /cart/)
  },
)

t.test('beyond so many Services the rest are one, whose counters never fall', async t => {
  const counts = countsAfter(
    1,
    ...[listening(cart), listening(till), listening(desk)],
    ...[connected(cart), connected(till), connected(desk), disconnected(desk, 3, 4)],
  )
  const connections = async (): Promise<readonly string[]> =>
    (await told(counts)).filter(line => line.startsWith('connections_'))
  t.strictSame(await connections(), [
    'connections_open cart 1',
    'connections_open _other 1',
    'connections_total cart 1',
    'connections_total _other 2',
  ])
  counts.note(closed(desk))
  t.strictSame((await connections()).slice(2), ['connections_total cart 1', 'connections_total _other 2'])
  for (const event of [closed(cart), disconnected(cart), listening(desk)]) counts.note(event)
  t.match(
    await exposition(counts.metrics([]), 'text'),
    /connections_total\{namespace="shop",service="desk"\} 0\n/,
  )
  t.strictSame(await connections(), ['connections_open _other 1', 'connections_total _other 2'])
})
