import t from 'tap'
import { cidr, cidrFamily } from '../../lib/model/cidr.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { conflicts, type Landmark, nameserversIn } from '../../lib/routing/conflicts.js'
import { routesIn } from '../../lib/routing/route.js'
import { recorded } from './recorded.js'

const found = (text: string, landmarks: readonly Landmark[] = []): readonly string[] => {
  const range = cidr(text)
  return conflicts(range, { routes: recorded(cidrFamily(range)), landmarks })
}

t.test('a VPN that has the range, or a part of it, is in the way', t => {
  const vpn = '10.0.0.0/8 via 10.8.0.1 dev tun0 proto static metric 50'
  t.strictSame(found('10.96.0.0/16'), [vpn])
  t.strictSame(found('10.96.0.10/32'), [vpn], 'and of single addresses')
  t.strictSame(found('10.8.0.0/20'), [
    vpn,
    '10.8.0.0/24 dev tun0 proto kernel scope link src 10.8.0.2',
    'local 10.8.0.2 dev tun0 table local proto kernel scope host src 10.8.0.2',
    '10.8.0.1, the default gateway',
  ])
  t.end()
})

t.test("Docker's networks, and each network that this machine is in, are in the way", t => {
  t.strictSame(found('172.16.0.0/12'), [
    '172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1',
    '172.18.0.0/16 dev br-kind proto kernel scope link src 172.18.0.1',
    'local 172.17.0.1 dev docker0 table local proto kernel scope host src 172.17.0.1',
    'local 172.18.0.1 dev br-kind table local proto kernel scope host src 172.18.0.1',
  ])
  t.strictSame(found('fd08::/112'), [
    'fd08::/64 dev tun0 proto kernel metric 256 pref medium',
    'local fd08::2 dev tun0 table local proto kernel metric 0 pref medium',
    'fd08::1, the default gateway',
  ])
  t.end()
})

t.test(
  "a default route is in nobody's way, in whatever pieces and tables; nor is one that leads nowhere",
  t => {
    t.strictSame(found('100.64.0.0/16'), [])
    t.strictSame(found('192.0.2.0/24'), [])
    t.strictSame(found('2001:db8:96::/112'), [])
    t.strictSame(found('fd00:bad::/112'), [])
    t.end()
  },
)

t.test("routes of our own are in nobody's way", t => {
  t.strictSame(found('fd00:96::/108'), [])
  t.strictSame(found('fd00:244::/32'), [])
  t.end()
})

t.test('neither are single addresses on lo, but ranges there are', t => {
  const routes = routesIn(
    'local 10.96.0.10 dev lo table local proto kernel scope host\nlocal 10.96.7.0/24 dev lo table local proto 99',
    'IPv4',
  )
  t.strictSame(conflicts(cidr('10.96.0.0/16'), { routes, landmarks: [] }), [
    'local 10.96.7.0/24 dev lo table local proto 99',
  ])
  t.end()
})

t.test('who has to stay where they are is named', t => {
  const resolvers = nameserversIn(
    '# by hand\nsearch home\nnameserver 203.0.113.53\nnameserver fe80::1%wlan0\n  nameserver  2001:db8::53\n',
  )
  t.strictSame(
    resolvers.map(({ address }) => address),
    ['203.0.113.53', '2001:db8::53'],
  )
  const landmarks = [...resolvers, { address: ipAddress('203.0.113.6'), what: 'the API server' }]
  t.strictSame(found('203.0.113.0/24', landmarks), [
    '203.0.113.7 via 192.168.1.1 dev wlan0',
    '203.0.113.53, a name server',
    '203.0.113.6, the API server',
  ])
  t.end()
})
