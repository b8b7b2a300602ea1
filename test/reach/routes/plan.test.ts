import t from 'tap'
import { cidr, cidrText } from '../../../lib/model/cidr.js'
import { type Family, ipAddress } from '../../../lib/model/ip-address.js'
import { type PlanSurroundings, planRoutes, type RoutedNode } from '../../../lib/reach/routes/plan.js'
import { routesIn } from '../../../lib/routing/route.js'
import { recorded } from '../../routing/recorded.js'

const node = (name: string, addresses: string, podCidrs: string): RoutedNode => ({
  name,
  addresses: addresses.split(' ').map(ipAddress),
  podCidrs: podCidrs.split(' ').map(cidr),
})

const kind = routesIn(
  `default via 192.168.1.1 dev wlan0 proto dhcp metric 600
192.168.1.0/24 dev wlan0 proto kernel scope link src 192.168.1.23
172.18.0.0/16 dev br-kind proto kernel scope link src 172.18.0.1
10.8.0.0/24 dev wg0 proto kernel scope link src 10.8.0.2
local 172.18.0.1 dev br-kind table local proto kernel scope host src 172.18.0.1`,
  'IPv4',
)
const clean: PlanSurroundings = {
  routes: kind,
  pointToPoint: new Set(['wg0']),
  apiServers: [{ address: ipAddress('203.0.113.6'), what: 'the API server' }],
  allowOverlap: false,
}
const beside = (more: string): PlanSurroundings => ({
  ...clean,
  routes: [...kind, ...routesIn(more, 'IPv4')],
})

/** What is to be done, a line each; and what is wrong. */
const planned = (
  nodes: readonly RoutedNode[],
  surroundings: PlanSurroundings = clean,
  family: Family = 'IPv4',
): readonly string[] => {
  const { lines, gone, troubles } = planRoutes(nodes, surroundings, family)
  return [
    ...gone.map(({ text }) => `gone: ${text}`),
    ...lines,
    ...troubles.map(({ node, to, kind, reason }) => `${kind}: ${node} ${cidrText(to)}: ${reason}`),
  ]
}

const first = node('one', '172.18.0.3 fc00:f853:ccd:e793::3', '10.244.1.0/24 fd00:244:1::/64')
const second = node('two', '172.18.0.4', '10.244.2.0/24')

t.test('each node that is a neighbour gets a route for its pods', async t => {
  t.strictSame(planned([first, second]), [
    'route add 10.244.1.0/24 via 172.18.0.3 dev br-kind proto 142',
    'route add 10.244.2.0/24 via 172.18.0.4 dev br-kind proto 142',
  ])
  t.strictSame(planned([first], { ...clean, routes: recorded('IPv6') }, 'IPv6'), [], 'it is there already')
  const [, ...rest] = recorded('IPv6').filter(({ text }) => !text.startsWith('fd00:244:1'))
  t.strictSame(planned([first], { ...clean, routes: rest }, 'IPv6'), [
    'route add fd00:244:1::/64 via fc00:f853:ccd:e793::3 dev br-kind proto 142',
  ])
})

t.test('what is there stays, whoever made it, as long as it leads the same way', async t => {
  t.strictSame(planned([first], beside('10.244.1.0/24 via 172.18.0.3 dev br-kind proto 142')), [])
  t.strictSame(planned([first], beside('10.244.1.0/24 via 172.18.0.3 dev br-kind')), [])
})

t.test('a node that has another address by now takes the place of what it was', async t => {
  t.strictSame(planned([first], beside('10.244.1.0/24 via 172.18.0.9 dev br-kind proto 142')), [
    'route replace 10.244.1.0/24 via 172.18.0.3 dev br-kind proto 142',
  ])
})

t.test('routes of nodes that are gone go, and nobody else’s', async t => {
  const left = `10.244.7.0/24 via 172.18.0.9 dev br-kind proto 142
10.244.8.0/24 via 172.18.0.9 dev br-kind proto static
local 10.96.0.0/16 dev lo table local proto 142 scope host`
  t.strictSame(planned([], beside(left)), ['gone: 10.244.7.0/24 via 172.18.0.9 dev br-kind proto 142'])
})

t.test('a network that has pods’ addresses is quoted, and harms no other node', async t => {
  const vpn = '10.244.0.0/23 via 192.168.1.9 dev wlan0'
  t.strictSame(planned([first, second], beside(vpn)), [
    'route add 10.244.2.0/24 via 172.18.0.4 dev br-kind proto 142',
    `conflict: one 10.244.1.0/24: in use here: ${vpn}`,
  ])
  t.strictSame(planned([first], { ...beside(vpn), allowOverlap: true }), [
    'route add 10.244.1.0/24 via 172.18.0.3 dev br-kind proto 142',
  ])
  const ours = `${vpn}\n10.244.1.0/24 via 172.18.0.3 dev br-kind proto 142`
  t.strictSame(planned([first], beside(ours)), [], 'what stands is asked no more')
})

t.test('another’s route to the very pods is never replaced', async t => {
  const theirs = beside('10.244.1.0/24 via 172.18.0.9 dev br-kind')
  t.match(planned([first], theirs), [/^conflict: one .*in use here: 10\.244\.1\.0\/24 via 172\.18\.0\.9/])
  t.match(planned([first], { ...theirs, allowOverlap: true }), [/^route add /])
})

t.test('the API server and the gateway stay where they are', async t => {
  const allowing = { ...clean, allowOverlap: true }
  t.strictSame(planned([node('one', '172.18.0.3', '203.0.113.0/24')], allowing), [
    'conflict: one 203.0.113.0/24: in use here: 203.0.113.6, the API server',
  ])
  t.strictSame(planned([node('one', '172.18.0.3', '192.168.1.0/30')]), [
    'conflict: one 192.168.1.0/30: in use here: 192.168.1.0/24 dev wlan0 proto kernel scope link src 192.168.1.23; 192.168.1.1, the default gateway',
  ])
})

t.test('two nodes never share addresses', async t => {
  t.strictSame(planned([first, node('two', '172.18.0.4', '10.244.0.0/16')]), [
    'route add 10.244.1.0/24 via 172.18.0.3 dev br-kind proto 142',
    'conflict: two 10.244.0.0/16: in use here: 10.244.1.0/24 of node one',
  ])
})

t.test('a node that no packet for its pods would get to is told why', async t => {
  const modem = { ...clean, routes: routesIn('default dev wwan0', 'IPv4') }
  t.match(planned([node('at-the-provider', '203.0.113.9', '10.244.1.0/24')], modem), [/^unreachable: /])
  const far = 'is in no network that this machine is in, too'
  t.strictSame(
    planned([
      node('behind-the-gateway', '198.51.100.7', '10.244.1.0/24'),
      node('in-a-vpn', '10.8.0.9', '10.244.2.0/24'),
      node('inside-itself', '10.244.3.1', '10.244.3.0/24'),
      node('only-six', 'fd00::1', '10.244.4.0/24'),
      node('this-machine', '172.18.0.1', '10.244.5.0/24'),
    ]),
    [
      `unreachable: behind-the-gateway 10.244.1.0/24: the node's address 198.51.100.7 ${far}`,
      `unreachable: in-a-vpn 10.244.2.0/24: the node's address 10.8.0.9 ${far}`,
      "unreachable: inside-itself 10.244.3.0/24: the node's own address 10.244.3.1 is one of its pods' range",
      'unreachable: only-six 10.244.4.0/24: the node has no IPv4 address',
    ],
  )
})
