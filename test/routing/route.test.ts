import t from 'tap'
import { cidrText } from '../../lib/model/cidr.js'
import type { Family } from '../../lib/model/ip-address.js'
import { type Route, routesIn } from '../../lib/routing/route.js'
import { recorded } from './recorded.js'

const factsOf = ({ kind, to, table, via, device, protocol }: Route): string =>
  [kind, cidrText(to), table, via ?? '-', device ?? '-', protocol ?? '-'].join(' ')

const facts = (family: Family): string => recorded(family).map(factsOf).join('\n')

t.test('IPv4 routes of all tables and kinds are read', t => {
  t.equal(
    facts('IPv4'),
    `unicast 0.0.0.0/0 51820 - tun0 -
unicast 0.0.0.0/1 main 10.8.0.1 tun0 -
unicast 0.0.0.0/0 main 192.168.1.1 wlan0 dhcp
unicast 10.0.0.0/8 main 10.8.0.1 tun0 static
unicast 10.8.0.0/24 main - tun0 kernel
unicast 10.9.0.0/24 main fd08::1 tun0 -
blackhole 10.244.0.0/26 main - - bird
unicast 10.244.1.0/24 main 172.18.0.3 br-kind 142
unicast 128.0.0.0/1 main 10.8.0.1 tun0 -
unicast 172.17.0.0/16 main - docker0 kernel
unicast 172.18.0.0/16 main - br-kind kernel
unreachable 192.0.2.0/24 main - - -
unicast 192.168.1.0/24 main - wlan0 kernel
unicast 198.51.100.0/24 main 192.168.1.1 wlan0 static
unicast 203.0.113.7/32 main 192.168.1.1 wlan0 -
local 10.8.0.2/32 local - tun0 kernel
broadcast 10.8.0.255/32 local - tun0 kernel
local 10.96.0.0/16 local - lo 142
local 127.0.0.0/8 local - lo kernel
local 127.0.0.1/32 local - lo kernel
broadcast 127.255.255.255/32 local - lo kernel
local 172.17.0.1/32 local - docker0 kernel
broadcast 172.17.255.255/32 local - docker0 kernel
local 172.18.0.1/32 local - br-kind kernel
broadcast 172.18.255.255/32 local - br-kind kernel
local 192.168.1.23/32 local - wlan0 kernel
broadcast 192.168.1.255/32 local - wlan0 kernel`,
  )
  t.end()
})

t.test('IPv6 routes are read, each with the first of several ways', t => {
  t.equal(
    facts('IPv6'),
    `unicast 2001:db8:1::/64 main - wlan0 kernel
unicast 2001:db8:7::/48 main fd08::1 tun0 static
unicast 2000::/3 main fd08::1 tun0 -
unicast fc00:f853:ccd:e793::/64 main - br-kind kernel
unicast fd00:244:1::/64 main fc00:f853:ccd:e793::3 br-kind 142
unreachable fd00:bad::/48 main - lo -
unicast fd08::/64 main - tun0 kernel
unicast fe80::/64 main - wlan0 kernel
unicast ::/0 main fe80::1 wlan0 ra
local ::1/128 local - lo kernel
local 2001:db8:1::23/128 local - wlan0 kernel
local fc00:f853:ccd:e793::1/128 local - br-kind kernel
local fd00:96::/112 local - lo 142
local fd08::2/128 local - tun0 kernel
local fe80::48e2:f6ff:fe3a:4208/128 local - wlan0 kernel
multicast ff00::/8 local - wlan0 kernel`,
  )
  t.end()
})

t.test('a route is quoted in one line, with all its ways', t => {
  const route = recorded('IPv4').find(({ to }) => cidrText(to) === '198.51.100.0/24')
  t.equal(
    route?.text,
    '198.51.100.0/24 proto static nexthop via 192.168.1.1 dev wlan0 weight 1 nexthop via 10.8.0.1 dev tun0 weight 2',
  )
  t.end()
})

t.test('an interface may be called like a word of ours, and what makes no sense is left out', t => {
  const text = 'rubbish dev eth0\n10.1.0.0/16 dev table proto kernel scope link \n10.2.0.0/40 dev eth0\n\n'
  t.equal(routesIn(text, 'IPv4').map(factsOf).join('\n'), 'unicast 10.1.0.0/16 main - table kernel')
  t.end()
})
