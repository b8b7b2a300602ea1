import t from 'tap'
import { duration, durationText } from '../../lib/model/duration.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { portRange } from '../../lib/model/port-range.js'
import { onEndpointGone } from '../../lib/model/terms.js'
import { servicePortId, servicePortText } from '../../lib/model/service-port.js'
import { whyUndialable } from '../../lib/model/undialable.js'

t.test('an address has one spelling', async t => {
  const spellings = ['10.0.0.1', '::ffff:10.0.0.1', '::FFFF:a00:1', '2001:DB8:0:0:0:0:0:1', '::0']
  t.strictSame(spellings.map(ipAddress), ['10.0.0.1', '10.0.0.1', '10.0.0.1', '2001:db8::1', '::'])
})

t.test('what is no address is refused', async t => {
  for (const text of [
    '',
    'None',
    '010.0.0.1',
    '10.0.0',
    '10.0.0.1 ',
    'fe80::1%eth0',
    'example.com',
    '1.2.3.4/32',
  ])
    t.throws(() => ipAddress(text), RangeError, text)
})

t.test('what is no port is refused', async t => {
  for (const value of [0, -1, 65_536, 70_000, 2_147_483_647, 1.5, Number.NaN])
    t.throws(() => port(value), RangeError, String(value))
  t.strictSame([port(1), port(65_535)], [1, 65_535])
})

t.test(
  'loopback, link-local, multicast, unspecified and broadcast are never dialled, in any spelling',
  async t => {
    const never = {
      '127.0.0.1': 'IPv4 loopback address',
      '127.8.8.8': 'IPv4 loopback address',
      '::ffff:127.0.0.1': 'IPv4 loopback address',
      '169.254.169.254': 'IPv4 link-local address',
      '224.0.0.1': 'IPv4 multicast address',
      '239.255.255.250': 'IPv4 multicast address',
      '0.0.0.0': 'IPv4 unspecified address',
      '255.255.255.255': 'IPv4 broadcast address',
      '::1': 'IPv6 loopback address',
      'fe80::1': 'IPv6 link-local address',
      'febf::1': 'IPv6 link-local address',
      'ff02::1': 'IPv6 multicast address',
      '::': 'IPv6 unspecified address',
    }
    t.strictSame(
      Object.fromEntries(Object.keys(never).map(text => [text, whyUndialable(ipAddress(text))])),
      never,
    )
  },
)

t.test('ordinary addresses may be dialled', async t => {
  for (const text of [
    '10.244.0.5',
    '192.0.2.1',
    '223.255.255.255',
    '126.0.0.1',
    '2001:db8::1',
    'fd00::1',
    'fec0::1',
  ])
    t.equal(whyUndialable(ipAddress(text)), undefined, text)
})

t.test('durations are read as Go writes them', async t => {
  const texts = ['0', '0s', '250ms', '10s', '1m30s', '1.5h', '2m', '100us']
  t.strictSame(texts.map(duration), [0, 0, 250, 10_000, 90_000, 5_400_000, 120_000, 0.1])
})

t.test('what is no duration is refused', async t => {
  for (const text of ['', '10', '-1s', '1d', 's', '1 s', '1s2'])
    t.throws(() => duration(text), RangeError, text)
})

t.test('durations are written for people', async t => {
  const spans = [0, 0.25, 250, 1500, 90_000, 600_000]
  t.strictSame(
    spans.map(span => durationText(milliseconds(span))),
    ['0 ms', '0.3 ms', '250 ms', '1.5 s', '90 s', '10 min'],
  )
})

t.test('port ranges are read as kube-proxy reads them', async t => {
  t.strictSame(portRange('14000-29999'), { first: 14_000, last: 29_999 })
  t.strictSame(portRange('14000+100'), { first: 14_000, last: 14_100 })
  t.strictSame(portRange('14000'), { first: 14_000, last: 14_000 })
})

t.test('what is no port range is refused', async t => {
  for (const text of ['', '0-10', '20-10', 'a-b', '1-2-3', '65530-70000', '65530+100'])
    t.throws(() => portRange(text), RangeError, text)
})

t.test('a service port is named as kube-proxy names it', async t => {
  const named = { namespace: 'shop', service: 'cart', port: 'http', protocol: 'TCP' } as const
  const unnamed = { ...named, port: '' }
  t.strictSame([servicePortText(named), servicePortId(named)], ['shop/cart:http', 'shop/cart:http/TCP'])
  t.strictSame([servicePortText(unnamed), servicePortId(unnamed)], ['shop/cart', 'shop/cart/TCP'])
})

t.test('connections of a gone endpoint are kept, or reset at once or after a grace', async t => {
  t.strictSame(['keep', 'reset', 'reset=0', 'reset=1m30s'].map(onEndpointGone), [
    { kind: 'keep' },
    { kind: 'reset', grace: 0 },
    { kind: 'reset', grace: 0 },
    { kind: 'reset', grace: 90_000 },
  ])
  for (const text of ['', 'Keep', 'keep=1s', 'reset=', 'reset=30', 'reset 30s', 'reset=1s\n'])
    t.throws(() => onEndpointGone(text), RangeError, text)
})
