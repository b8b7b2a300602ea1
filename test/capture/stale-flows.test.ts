import { readFileSync } from 'node:fs'
import t from 'tap'
import { rulesFor } from '../../lib/capture/rules.js'
import { redirectsIn, staleFlows } from '../../lib/capture/stale-flows.js'
import { cidr } from '../../lib/model/cidr.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { dnat } from '../../lib/capture/target.js'
import { refused, served, wanted } from './wanted.js'

const dns = { name: 'shop/dns', address: '10.96.0.12', port: 53, protocol: 'UDP' } as const
const six = { ...dns, address: 'fd00:96::12' }

/** Who of the recorded machine's UDP clients is in the wrong place. */
const stale = (
  portals: readonly string[],
  redirects: Readonly<Record<string, number | readonly number[]>>,
  { addresses = [], moved = [] }: { addresses?: readonly string[]; moved?: readonly string[] } = {},
): string[] => {
  const listed = readFileSync('test/capture/saved/conntrack.txt', 'utf8')
  const wantedPorts = new Map(
    Object.entries(redirects).map(([portal, local]) => [portal, new Set([local].flat().map(port))] as const),
  )
  const suspicion = {
    ...{ portals: new Set(portals), moved: new Set(moved), redirects: wantedPorts },
    addresses: addresses.map(ipAddress),
  }
  return staleFlows(listed, suspicion).map(({ address, port, goTo }) => `${address} ${port} to ${goTo}`)
}

t.test('redirects of UDP portals are found among rules, and nothing else', async t => {
  const rules = wanted(
    served({ ...dns, localPort: 14_001 }),
    served({ ...six, localPort: 14_002 }),
    refused({ ...dns, address: '10.96.0.13', localPort: 14_003 }),
    served({ ...dns, protocol: 'TCP', localPort: 14_004 }),
  )
  t.strictSame([...redirectsIn(rulesFor(rules, 'IPv4'))], [['10.96.0.12:53', new Set([14_001])]])
  t.strictSame([...redirectsIn(rulesFor(rules, 'IPv6'))], [['[fd00:96::12]:53', new Set([14_002])]])
})

t.test('they are found whatever kind of portal it is, and in whichever chain', async t => {
  const insiders = { kind: 'external-ip', clients: 'insiders', localPort: 14_001 } as const
  const outsiders = { ...insiders, clients: 'outsiders', localPort: 14_002 } as const
  const sources = ['192.0.2.0/24', '198.51.100.0/24']
  const many = Array.from({ length: 100 }, (_, index) =>
    served({ ...dns, address: `10.97.0.${index}`, localPort: 15_000 + index }),
  )
  const rules = {
    ...wanted(
      served({ ...dns, ...insiders }),
      served({ ...dns, ...outsiders }),
      served({ ...dns, kind: 'load-balancer', sources, address: '203.0.113.8', localPort: 14_003 }),
      served({ nodePort: 30_053, protocol: 'UDP', clients: 'insiders', localPort: 14_004 }),
      served({ nodePort: 30_053, protocol: 'UDP', clients: 'outsiders', localPort: 14_005 }),
      ...many,
    ),
    ownPods: { kind: 'cidrs', cidrs: [cidr('10.244.0.0/24')] },
  } as const
  for (const found of [redirectsIn(rulesFor(rules, 'IPv4')), redirectsIn(rulesFor(rules, 'IPv4', dnat))]) {
    t.strictSame([...(found.get('10.96.0.12:53') ?? [])], [14_001, 14_002])
    t.strictSame([...(found.get('203.0.113.8:53') ?? [])], [14_003])
    t.strictSame([...(found.get('*:30053') ?? [])], [14_004, 14_005])
    t.strictSame([...(found.get('10.97.0.99:53') ?? [])], [15_099])
    t.equal(found.size, 103)
  }
})

t.test('rules that nobody we know has written are no redirects', async t => {
  const rules = [
    '-d 10.96.0.12/32 -p udp -m comment --comment "shop/dns" -m udp --dport 53 -j DNAT --to-destination 192.0.2.1',
    '-d 10.96.0.0/16 -p udp -m udp --dport 53 -j REDIRECT --to-ports 14000',
    '-d 10.96.0.12/32 -p udp -m udp --dport 53:54 -j REDIRECT --to-ports 14000',
    '-d 10.96.0.12/32 -p udp -m udp --dport 53 -j REDIRECT',
  ]
  const nat = { chains: new Map([['KUBE-PORTALS-HOST', rules]]), references: [] }
  t.equal(redirectsIn({ nat, filter: { chains: new Map(), references: [] } }).size, 0)
})

t.test('clients of a portal that moved go to its old port, all of them in one', async t => {
  t.strictSame(stale(['10.96.0.12:53'], { '10.96.0.12:53': 14_009 }), ['10.96.0.12 53 to 14001'])
})

t.test('all clients of a portal that is no longer redirected are in the wrong place', async t => {
  t.strictSame(stale(['10.96.0.12:53'], {}), ['10.96.0.12 53 to 14009', '10.96.0.12 53 to 14001'])
})

t.test('clients that kept sending while nobody redirected them are in the wrong place', async t => {
  t.strictSame(stale(['10.96.0.13:53'], { '10.96.0.13:53': 14_003 }), ['10.96.0.13 53 to 53'])
})

t.test('clients of an IPv6 portal are found, too', async t => {
  t.strictSame(stale(['[fd00:96::12]:53'], { '[fd00:96::12]:53': 14_001 }), ['fd00:96::12 53 to 14002'])
})

t.test('whoever talks to another address or another port is left alone', async t => {
  t.strictSame(stale(['10.96.0.12:55', '10.96.0.14:53'], {}), [])
  t.strictSame(stale(['10.96.0.12:54'], { '10.96.0.12:54': 54 }), [])
})

t.test('what is no listing has nobody in it', async t => {
  for (const text of ['', '\n', 'udp 17 29 src=192.0.2.1 dst=10.96.0.12 sport=1 dport=53', 'no\nwords'])
    t.strictSame(
      staleFlows(text, {
        portals: new Set(['10.96.0.12:53']),
        moved: new Set(),
        redirects: new Map(),
        addresses: [],
      }),
      [],
    )
})

t.test('a client that goes to one of several listeners of its portal is where it should be', async t => {
  t.strictSame(stale(['10.96.0.12:53'], { '10.96.0.12:53': [14_001, 14_009] }), [])
})

t.test(
  'clients of a node port are found by the addresses of this machine, and nobody who asks another',
  async t => {
    t.strictSame(stale(['*:53'], { '*:53': 14_009 }, { addresses: ['10.96.0.12'] }), [
      '10.96.0.12 53 to 14001',
    ])
    t.strictSame(stale(['*:53'], { '*:53': 14_009 }, { addresses: ['192.0.2.99'] }), [])
  },
)

t.test('a portal with an address comes before a node port of the same number', async t => {
  const both = { '*:53': 14_001, '10.96.0.12:53': 14_009 }
  t.strictSame(stale(['*:53'], both, { addresses: ['10.96.0.12'] }), [])
  t.strictSame(stale(['*:53', '10.96.0.12:53'], both, { addresses: ['10.96.0.12'] }), [
    '10.96.0.12 53 to 14001',
  ])
})

t.test('where clients of a portal part, all of them begin anew, as nobody knows who is whose', async t => {
  const redirects = { '10.96.0.12:53': [14_001, 14_009] }
  t.strictSame(stale(['10.96.0.12:53'], redirects), [])
  t.strictSame(stale(['10.96.0.12:53'], redirects, { moved: ['10.96.0.12:53'] }), [
    '10.96.0.12 53 to 14009',
    '10.96.0.12 53 to 14001',
  ])
})
