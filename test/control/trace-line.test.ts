import t from 'tap'
import { type Step, stepOf, traceLineIn } from '../../lib/control/trace-line.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { servicePortId } from '../../lib/model/service-port.js'
import type { TraceStep } from '../../lib/model/trace-step.js'

const servicePort = servicePortId({ namespace: 'shop', service: 'cart', port: 'http', protocol: 'TCP' })
const client = ipAddress('10.244.0.7')
const endpoint = { address: ipAddress('10.244.0.9'), port: port(8080) }
const one = { connection: 7, servicePort, client }
const flow = { servicePort, client, clientPort: port(40_312) }
const carried = { sent: 80, received: 1200, duration: milliseconds(12.3) }
const at = new Date('2026-01-01T10:00:00.123Z')

const told: readonly (readonly [ProxyEvent | TraceStep, string])[] = [
  [{ type: 'accepted', ...one, clientPort: port(40_312) }, '#7 accepted from 10.244.0.7:40312'],
  [{ type: 'chosen', ...one, endpoint, attempt: 1, by: 'turn' }, '#7 chosen 10.244.0.9:8080, in turn'],
  [
    { type: 'chosen', ...one, endpoint, attempt: 1, by: 'affinity' },
    '#7 chosen 10.244.0.9:8080, where it was before',
  ],
  [
    { type: 'dial-failed', ...one, endpoint, attempt: 1, reason: 'EMFILE' },
    '#7 failed 10.244.0.9:8080: EMFILE',
  ],
  [
    { type: 'dial-failed', ...one, endpoint, attempt: 2, reason: 'connect ECONNREFUSED 10.244.0.9:8080' },
    '#7 failed connect ECONNREFUSED 10.244.0.9:8080, attempt 2',
  ],
  [
    { type: 'connected', ...one, endpoint, attempt: 3, duration: milliseconds(752.4) },
    '#7 connected 10.244.0.9:8080 after 752.4 ms, attempt 3',
  ],
  [{ type: 'turned-away', ...one, reason: 'too many connections' }, '#7 reset too many connections'],
  [
    { type: 'disconnected', ...one, endpoint, ...carried, how: 'reset by client' },
    '#7 reset by client 80 B sent, 1200 B received, 12.3 ms',
  ],
  [
    { type: 'flow-began', flow: 3, ...flow, endpoint, attempt: 1 },
    'udp:40312 began 10.244.0.7 to 10.244.0.9:8080',
  ],
  [
    { type: 'flow-failed', ...flow, endpoint, attempt: 1, reason: 'ECONNREFUSED' },
    'udp:40312 failed 10.244.0.9:8080: ECONNREFUSED',
  ],
  [
    { type: 'flow-refused', servicePort, client, reason: 'no room' },
    'udp:0 lost datagrams of 10.244.0.7: no room',
  ],
  [
    { type: 'flow-ended', flow: 3, ...flow, endpoint, ...carried, duration: seconds(121), how: 'idle' },
    'udp:40312 idle 80 B sent, 1200 B received, 2 min',
  ],
]

t.test('each step of a connection and of a UDP client is a line, tied by an id', async t => {
  for (const [event, line] of told) {
    const { id, step, text } = stepOf(event, at) ?? {}
    t.equal(`${id ?? ''} ${step ?? ''} ${text ?? ''}`, line)
  }
})

t.test('what is no step of a connection is not told', async t => {
  t.equal(stepOf({ type: 'affinity', servicePort, affinity: { kind: 'none' } }, at), undefined)
})

t.test('every line of a trace arrives as it was sent, and nothing else is taken for one', async t => {
  const step: Step = {
    kind: 'step',
    at: at.toISOString(),
    id: '#7',
    servicePort,
    step: 'reset',
    text: 'loop',
  }
  for (const line of [
    { kind: 'begun' },
    step,
    { kind: 'left-out', count: 7 },
    { kind: 'ended', how: 'stopped' },
  ])
    t.strictSame(traceLineIn(JSON.parse(JSON.stringify(line))), line)
  t.throws(() => traceLineIn({ kind: 'ended', how: 'somehow' }), TypeError)
})
