import t from 'tap'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { servicePortId } from '../../lib/model/service-port.js'
import { describe } from '../../lib/observe/describe.js'

const servicePort = servicePortId({ namespace: 'shop', service: 'cart', port: 'http', protocol: 'TCP' })
const client = ipAddress('10.244.0.7')
const endpoint = { address: ipAddress('10.244.0.9'), port: port(8080) }
const one = { connection: 7, servicePort, client, endpoint }

const flow = { servicePort, client, clientPort: port(40_000), endpoint }

const healthCheck = { namespace: 'shop', service: 'cart', port: port(32_000), localEndpoints: 2 }

const events: readonly ProxyEvent[] = [
  { type: 'connected', ...one, attempt: 1, duration: milliseconds(0.84) },
  { type: 'connected', ...one, attempt: 2, duration: milliseconds(251) },
  { type: 'dial-failed', ...one, attempt: 1, reason: 'ECONNREFUSED' },
  { type: 'turned-away', connection: 7, servicePort, client, reason: 'every endpoint failed' },
  { type: 'turned-away', connection: 7, servicePort, client, reason: 'no endpoint' },
  { type: 'disconnected', ...one, sent: 80, received: 1200, duration: milliseconds(12.3), how: 'ended' },
  { type: 'flow-began', flow: 3, ...flow, attempt: 1 },
  { type: 'flow-began', flow: 4, ...flow, attempt: 2 },
  { type: 'flow-failed', ...flow, attempt: 1, reason: 'recvmsg ECONNREFUSED' },
  { type: 'flow-refused', servicePort, client, clientPort: port(40_000), reason: 'no room' },
  { type: 'flow-refused', servicePort, client, reason: 'no port to answer' },
  { type: 'flow-ended', flow: 3, ...flow, sent: 60, received: 500, duration: seconds(121), how: 'idle' },
  { type: 'listed', resource: 'services', objects: 1 },
  {
    type: 'api-trouble',
    resource: 'nodes',
    during: 'watch',
    trouble: 'unreachable',
    reason: 'connection refused',
    retryIn: milliseconds(1240),
  },
  {
    type: 'api-trouble',
    resource: 'nodes',
    during: 'watch',
    trouble: 'expired',
    reason: 'too old resource version',
    retryIn: milliseconds(0),
  },
  { type: 'no-node', node: 'laptop' },
  { type: 'older-api', wanted: 'endpointslices', instead: 'endpoints' },
  { type: 'skipped', object: 'Service shop/db', reason: 'headless: no portal', why: 'not for us' },
  { type: 'skipped', object: 'EndpointSlice shop/x', reason: 'port -1 is no port', why: 'refused' },
  { type: 'listening', servicePort, family: 'IPv4', port: port(14_000) },
  { type: 'listen-failed', servicePort, reason: 'EMFILE' },
  { type: 'closed', servicePort, port: port(14_000) },
  { type: 'endpoints', servicePort, endpoints: [endpoint, { ...endpoint, port: port(8081) }] },
  { type: 'endpoints', servicePort, endpoints: [] },
  { type: 'affinity', servicePort, affinity: { kind: 'client-ip', timeout: seconds(10_800) } },
  { type: 'affinity', servicePort, affinity: { kind: 'none' } },
  { type: 'rules-written', family: 'IPv4', text: '*nat\nCOMMIT\n' },
  { type: 'synced', servicePorts: 3, opened: 2, closed: 1, written: ['IPv4'], duration: milliseconds(35) },
  { type: 'synced', servicePorts: 1, opened: 0, closed: 0, written: [], duration: milliseconds(4) },
  { type: 'sync-failed', reason: 'the xtables lock is held', retryIn: seconds(1) },
  { type: 'conntrack-failed', reason: 'there is no program conntrack here', cure: 'install it' },
  { type: 'crashed', error: 'TypeError: x is not a function\n    at file.js:1:2' },
  {
    type: 'crashed-before',
    times: 1,
    since: '2026-01-02T03:04:05Z',
    at: '2026-01-02T03:04:05Z',
    error: 'a fault',
  },
  {
    type: 'crashed-before',
    times: 3,
    since: '2026-01-02T03:04:05Z',
    at: '2026-01-06T07:08:09Z',
    error: 'a fault',
  },
  { type: 'state-not-saved', reason: 'ENOSPC' },
  { type: 'snapshot-saved', servicePorts: 1000, duration: milliseconds(12) },
  { type: 'state-damaged', path: '/run/s', aside: '/run/s.damaged', reason: 'an object was expected' },
  { type: 'state-damaged', path: '/run/s', reason: 'EACCES' },
  { type: 'resumed', services: 1000 },
  { type: 'stopping', connections: 0, drainTimeout: seconds(10) },
  { type: 'stopping', connections: 2, drainTimeout: seconds(10) },
  { type: 'retire-failed', reason: 'iptables-restore ended with 4' },
  { type: 'stopped', reset: 0, removed: 0 },
  { type: 'stopped', reset: 1, removed: 7 },
  { type: 'health-check-port', state: 'open', healthCheck },
  { type: 'health-check-port', state: 'closed', healthCheck, address: ipAddress('fd00::1') },
  { type: 'health-check-failed', healthCheck, reason: 'EADDRINUSE' },
  { type: 'health-check-failed', healthCheck, address: ipAddress('192.0.2.1'), reason: 'EADDRNOTAVAIL' },
  { type: 'self-test', servicePort, portal: endpoint, outcome: 'well' },
  { type: 'self-test', servicePort, portal: endpoint, outcome: 'timeout', reason: 'silence', cure: 'look' },
  { type: 'unnumbered-interfaces', family: 'IPv4', names: ['cali1'] },
  { type: 'unnumbered-interfaces', family: 'IPv6', names: ['cali1', 'cali2', 'cali3', 'cali4', 'cali5'] },
]

t.test('every event has a sentence, a level, and the verbosity it is shown at', async t => {
  t.strictSame(
    events.map(event => {
      const { level, verbosity, text } = describe(event)
      return `${level} ${verbosity} ${text()}`
    }),
    [
      'info 4 shop/cart:http/TCP #7 from 10.244.0.7: connected to 10.244.0.9:8080 in 0.8 ms',
      'info 4 shop/cart:http/TCP #7 from 10.244.0.7: connected to 10.244.0.9:8080 in 251 ms, at attempt 2',
      'warn 3 shop/cart:http/TCP #7 from 10.244.0.7: endpoint 10.244.0.9:8080 failed: ECONNREFUSED (attempt 1)',
      'warn 3 shop/cart:http/TCP #7 from 10.244.0.7: reset: every endpoint failed',
      'warn 3 shop/cart:http/TCP #7 from 10.244.0.7: reset: no endpoint',
      'info 4 shop/cart:http/TCP #7 from 10.244.0.7: ended: 80 bytes sent, 1200 received, 12.3 ms, 10.244.0.9:8080',
      'info 4 shop/cart:http/TCP flow 3 from 10.244.0.7:40000: to 10.244.0.9:8080',
      'info 4 shop/cart:http/TCP flow 4 from 10.244.0.7:40000: to 10.244.0.9:8080, at attempt 2',
      'warn 3 shop/cart:http/TCP from 10.244.0.7:40000: endpoint 10.244.0.9:8080 failed: recvmsg ECONNREFUSED (attempt 1)',
      'warn 3 shop/cart:http/TCP from 10.244.0.7:40000: datagrams lost: no room',
      'warn 3 shop/cart:http/TCP from 10.244.0.7: datagrams lost: no port to answer',
      'info 4 shop/cart:http/TCP flow 3 from 10.244.0.7:40000: idle: 60 bytes sent, 500 received, 2 min, 10.244.0.9:8080',
      'info 1 listed services: 1 object',
      'warn 0 cannot watch nodes: connection refused; trying again in 1.2 s',
      'info 2 cannot watch nodes: too old resource version; trying again in 0 ms',
      'warn 0 no Node is called laptop: Local traffic policies count as Cluster, topology hints as none; if this is a Node, give its name with --hostname-override',
      'info 0 the server has no endpointslices: using its endpoints',
      'info 1 Service shop/db: headless: no portal',
      'warn 0 EndpointSlice shop/x: port -1 is no port',
      'info 2 shop/cart:http/TCP: listening on local port 14000',
      'error 0 shop/cart:http/TCP: trouble with its local port: EMFILE',
      'info 2 shop/cart:http/TCP: no longer listening on local port 14000',
      'info 2 shop/cart:http/TCP: endpoints: 10.244.0.9:8080 10.244.0.9:8081',
      'info 2 shop/cart:http/TCP: endpoints: none, clients are refused',
      'info 2 shop/cart:http/TCP: clients return to their endpoint for 180 min',
      'info 2 shop/cart:http/TCP: clients are dealt in turn',
      'info 2 wrote IPv4 rules:\n*nat\nCOMMIT',
      'info 0 synced 3 service ports: 2 opened, 1 closed, rules written for IPv4, in 35 ms',
      'info 3 synced 1 service port: 0 opened, 0 closed, rules in place, in 4 ms',
      'error 0 sync failed, what was in force stays: the xtables lock is held; trying again in 1 s',
      'warn 0 UDP clients that keep sending from the same port may go unanswered: there is no program conntrack here; what to do: install it',
      'error 0 internal error: TypeError: x is not a function\n    at file.js:1:2',
      'warn 0 an internal error has ended kube-portal once, at 2026-01-02T03:04:05Z: a fault',
      'warn 0 an internal error has ended kube-portal 3 times since 2026-01-02T03:04:05Z, last at 2026-01-06T07:08:09Z: a fault',
      'warn 0 cannot save what the next start would need, all else works: ENOSPC',
      'info 3 saved 1000 service ports for the next start in 12 ms',
      'warn 0 /run/s makes no sense, so it is set aside as /run/s.damaged and not used: an object was expected',
      'warn 0 /run/s makes no sense, so it is left where it is and not used: EACCES',
      'info 0 serving 1000 Services from before, until the API server answers',
      'info 0 stopping',
      'info 0 stopping: 2 connections open, waiting up to 10 s; a second signal waits no longer',
      "error 0 cannot take the portals' rules out yet: iptables-restore ended with 4",
      'info 0 stopped',
      'info 0 stopped, all of ours is removed from this machine; 1 connection had to be reset',
      'info 2 shop/cart: health check port 32000: open',
      'info 2 shop/cart: health check port [fd00::1]:32000: closed',
      'error 0 shop/cart: load balancers get no answer at health check port 32000: EADDRINUSE; trying again with the next sync',
      'error 0 shop/cart: load balancers get no answer at health check port 192.0.2.1:32000: EADDRNOTAVAIL; trying again with the next sync',
      'info 1 self-test: portal 10.244.0.9:8080 of shop/cart:http/TCP leads to its listener',
      'warn 0 self-test: portal 10.244.0.9:8080 of shop/cart:http/TCP does not lead to its listener: timeout: silence; what to do: look',
      'warn 0 IPv4 packets to portals are lost that come in over cali1: without an IPv4 address there is nowhere to redirect them to; what to do: --capture dnat',
      'warn 0 IPv6 packets to portals are lost that come in over cali1, cali2, cali3 and 2 more: without an IPv6 address there is nowhere to redirect them to; what to do: --capture dnat',
    ],
  )
})
