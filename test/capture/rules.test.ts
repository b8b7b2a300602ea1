import t from 'tap'
import type { CapturedPortal, Wanted } from '../../lib/capture/capture.js'
import { rulesFor } from '../../lib/capture/rules.js'
import { dnat, type Target } from '../../lib/capture/target.js'
import { cidr } from '../../lib/model/cidr.js'
import { type Family, ipAddress } from '../../lib/model/ip-address.js'
import type { OwnPods } from '../../lib/model/own-pods.js'
import { port } from '../../lib/model/port.js'
import { dropped, refused, served, wanted } from './wanted.js'

/** All chains but the guard, as text; `KUBE-PORTALS-HOST` is left out, where it is the same as the pods' chain. */
const text = (all: Wanted, family: Family = 'IPv4', target?: Target): string => {
  const { nat, filter } = rulesFor(all, family, target)
  const alike = [
    ['KUBE-PORTALS-CONTAINER', 'KUBE-PORTALS-HOST'],
    ['KUBE-NODEPORT-CONTAINER', 'KUBE-NODEPORT-HOST'],
  ] as const
  for (const [pods, node] of alike) t.equal(nat.chains.get(pods), nat.chains.get(node))
  const hidden = new Set<string>(['KUBE-NODEPORT-NON-LOCAL', ...alike.map(([, node]) => node)])
  const lines = [...nat.chains, ...filter.chains].flatMap(([name, rules]) =>
    hidden.has(name) ? [] : rules.map(rule => `${name} ${rule}\n`),
  )
  return lines.join('').replaceAll(/-m comment --comment "shop\/cart:http" /g, '')
}

const pods: OwnPods = { kind: 'cidrs', cidrs: ['10.244.1.0/24', '10.244.9.0/24', 'fd00:1::/64'].map(cidr) }
const externally = (...portals: readonly CapturedPortal[]): Wanted => ({
  ...wanted(...portals),
  ownPods: pods,
})
const external = { kind: 'external-ip', address: '203.0.113.7', localPort: 14_000 } as const
const balanced = { kind: 'load-balancer', address: '203.0.113.8', localPort: 14_000 } as const

t.test('external and load-balancer addresses lead to listeners as cluster IPs do', t => {
  t.equal(
    text(wanted(served(external), served(balanced), served({ address: '10.96.0.10', localPort: 14_000 }))),
    `KUBE-PORTALS-CONTAINER -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -d 203.0.113.7/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
`,
  )
  t.end()
})

t.test('insiders have a listener of their own, and their rules come first', t => {
  const outside = { ...external, clients: 'outsiders', localPort: 14_001 } as const
  t.equal(
    text(externally(served(outside), served({ ...external, clients: 'insiders' }))),
    `KUBE-PORTALS-CONTAINER -s 10.244.1.0/24 -d 203.0.113.7/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -s 10.244.9.0/24 -d 203.0.113.7/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -d 203.0.113.7/32 -p tcp -m tcp --dport 80 -m addrtype --src-type LOCAL -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -d 203.0.113.7/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14001
`,
  )
  t.end()
})

t.test('own pods may be known by their interface, or not at all', t => {
  const insiders = wanted(served({ ...external, clients: 'insiders' }))
  t.equal(
    text({ ...insiders, ownPods: { kind: 'interface', name: 'cali+' } }),
    `KUBE-PORTALS-CONTAINER -d 203.0.113.7/32 -i cali+ -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -d 203.0.113.7/32 -p tcp -m tcp --dport 80 -m addrtype --src-type LOCAL -j REDIRECT --to-ports 14000
`,
  )
  t.equal(
    text(insiders),
    `KUBE-PORTALS-CONTAINER -d 203.0.113.7/32 -p tcp -m tcp --dport 80 -m addrtype --src-type LOCAL -j REDIRECT --to-ports 14000
`,
  )
  t.end()
})

t.test('where only insiders are served, outsiders hear nothing', t => {
  t.equal(
    text(
      externally(
        served({ ...external, clients: 'insiders' }),
        dropped({ ...external, clients: 'outsiders' }),
      ),
    ),
    `KUBE-PORTALS-CONTAINER -s 10.244.1.0/24 -d 203.0.113.7/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -s 10.244.9.0/24 -d 203.0.113.7/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -d 203.0.113.7/32 -p tcp -m tcp --dport 80 -m addrtype --src-type LOCAL -j REDIRECT --to-ports 14000
KUBE-PORTAL-REFUSE -d 203.0.113.7/32 -p tcp -m tcp --dport 80 -j DROP
`,
  )
  t.end()
})

t.test('who may not come hears nothing, whether the portal is served or not', t => {
  const some = { ...balanced, sources: ['198.51.100.0/24', '192.0.2.7/32', '2001:db8::/32'] } as const
  t.equal(
    text(wanted(served(some))),
    `KUBE-PORTALS-CONTAINER -s 198.51.100.0/24 -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -s 192.0.2.7/32 -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTAL-REFUSE -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -j DROP
`,
  )
  t.equal(
    text(wanted(refused(some))),
    `KUBE-PORTAL-REFUSE -s 198.51.100.0/24 -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -j REJECT --reject-with tcp-reset
KUBE-PORTAL-REFUSE -s 192.0.2.7/32 -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -j REJECT --reject-with tcp-reset
KUBE-PORTAL-REFUSE -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -j DROP
`,
  )
  t.end()
})

t.test('of insiders only those may come who are in the ranges', t => {
  const some = { ...balanced, clients: 'insiders', sources: ['10.244.0.0/20', '10.244.9.128/25'] } as const
  const inside = text(externally(served(some)))
  t.equal(
    inside,
    `KUBE-PORTALS-CONTAINER -s 10.244.1.0/24 -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -s 10.244.9.0/24 -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -s 10.244.9.128/25 -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -s 10.244.0.0/20 -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -m addrtype --src-type LOCAL -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -s 10.244.9.128/25 -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -m addrtype --src-type LOCAL -j REDIRECT --to-ports 14000
KUBE-PORTAL-REFUSE -s 10.244.1.0/24 -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -j DROP
KUBE-PORTAL-REFUSE -s 10.244.9.0/24 -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -j DROP
KUBE-PORTAL-REFUSE -d 203.0.113.8/32 -p tcp -m tcp --dport 80 -m addrtype --src-type LOCAL -j DROP
`,
  )
  t.end()
})

t.test('a range of all addresses lets everybody in', t => {
  t.match(
    text(wanted(served({ ...balanced, sources: ['0.0.0.0/0'] }))),
    /^KUBE-PORTALS-CONTAINER -d 203.0.113.8\/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000\n/,
  )
  t.end()
})

const web = { nodePort: 30_080, localPort: 14_000 } as const
const dns = { nodePort: 30_053, protocol: 'UDP', localPort: 14_001 } as const

t.test('a node port leads to its listener at every address of this machine', t => {
  const all = wanted(served(web), dropped(dns), refused({ ...web, nodePort: 30_081 }))
  t.equal(
    text(all),
    `KUBE-NODEPORT-CONTAINER -p tcp -m tcp --dport 30080 -j REDIRECT --to-ports 14000
KUBE-PORTAL-REFUSE -m addrtype --dst-type LOCAL -m conntrack ! --ctstate DNAT -j KUBE-PORTAL-NODEPORTS
KUBE-PORTAL-NODEPORTS -p tcp -m tcp --dport 30081 -j REJECT --reject-with tcp-reset
KUBE-PORTAL-NODEPORTS -p udp -m udp --dport 30053 -j DROP
`,
  )
  t.strictSame(
    rulesFor(all, 'IPv4')
      .nat.references.filter(({ place }) => place === 'last')
      .map(({ from }) => from),
    ['PREROUTING', 'OUTPUT'],
  )
  t.end()
})

t.test('or only at given addresses', t => {
  const nodePortAddresses = ['192.0.2.1', '127.0.0.1', '2001:db8::1'].map(ipAddress)
  t.equal(
    text({ ...wanted(served(web), refused(dns)), nodePortAddresses }),
    `KUBE-NODEPORT-CONTAINER -d 192.0.2.1/32 -j KUBE-PORTAL-NODEPORTS
KUBE-NODEPORT-CONTAINER -d 127.0.0.1/32 -j KUBE-PORTAL-NODEPORTS
KUBE-PORTAL-NODEPORTS -p tcp -m tcp --dport 30080 -j REDIRECT --to-ports 14000
KUBE-PORTAL-REFUSE -d 192.0.2.1/32 -m conntrack ! --ctstate DNAT -j KUBE-PORTAL-NODEPORTS
KUBE-PORTAL-REFUSE -d 127.0.0.1/32 -m conntrack ! --ctstate DNAT -j KUBE-PORTAL-NODEPORTS
KUBE-PORTAL-NODEPORTS -p udp -m udp --dport 30053 -j REJECT --reject-with icmp-port-unreachable
`,
  )
  const nowhere = text({
    ...wanted(served(web), refused(dns)),
    nodePortAddresses: nodePortAddresses.slice(2),
  })
  t.equal(nowhere, '')
  t.end()
})

t.test('insiders and outsiders have listeners of their own at a node port, too', t => {
  t.equal(
    text(
      externally(
        served({ ...web, clients: 'outsiders', localPort: 14_001 }),
        served({ ...web, clients: 'insiders' }),
      ),
    ),
    `KUBE-NODEPORT-CONTAINER -s 10.244.1.0/24 -p tcp -m tcp --dport 30080 -j REDIRECT --to-ports 14000
KUBE-NODEPORT-CONTAINER -s 10.244.9.0/24 -p tcp -m tcp --dport 30080 -j REDIRECT --to-ports 14000
KUBE-NODEPORT-CONTAINER -p tcp -m tcp --dport 30080 -m addrtype --src-type LOCAL -j REDIRECT --to-ports 14000
KUBE-NODEPORT-CONTAINER -p tcp -m tcp --dport 30080 -j REDIRECT --to-ports 14001
`,
  )
  t.end()
})

t.test('a machine without node ports has no chains for them', t => {
  const { nat } = rulesFor(wanted(served(external), served({ ...web, family: 'IPv6' })), 'IPv4')
  t.strictSame([...nat.chains.keys()], ['KUBE-PORTALS-CONTAINER', 'KUBE-PORTALS-HOST'])
  t.ok(nat.references.every(({ place }) => place === 1))
  t.end()
})

t.test('each family has its own ranges, addresses and ways to refuse', t => {
  const six = { kind: 'load-balancer', address: '2001:db8::8', localPort: 14_000 } as const
  const all = externally(
    served({ ...six, clients: 'insiders', sources: ['fd00::/8', '10.0.0.0/8'] }),
    refused({ ...dns, family: 'IPv6' }),
    served(external),
  )
  t.equal(
    text(all, 'IPv6'),
    `KUBE-PORTALS-CONTAINER -s fd00:1::/64 -d 2001:db8::8/128 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -s fd00::/8 -d 2001:db8::8/128 -p tcp -m tcp --dport 80 -m addrtype --src-type LOCAL -j REDIRECT --to-ports 14000
KUBE-PORTAL-REFUSE -s fd00:1::/64 -d 2001:db8::8/128 -p tcp -m tcp --dport 80 -j DROP
KUBE-PORTAL-REFUSE -d 2001:db8::8/128 -p tcp -m tcp --dport 80 -m addrtype --src-type LOCAL -j DROP
KUBE-PORTAL-REFUSE -m addrtype --dst-type LOCAL -m conntrack ! --ctstate DNAT -j KUBE-PORTAL-NODEPORTS
KUBE-PORTAL-NODEPORTS -p udp -m udp --dport 30053 -j REJECT --reject-with icmp6-port-unreachable
`,
  )
  t.end()
})

t.test(
  'with an address of their own for captured packets, these are sent there, and only there guarded',
  t => {
    const all = {
      ...wanted(served(external), served(web), served({ ...web, family: 'IPv6' })),
      open: [port(10_256)],
    }
    t.equal(
      text(all, 'IPv4', dnat),
      `KUBE-PORTALS-CONTAINER -d 203.0.113.7/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 169.254.77.1:14000
KUBE-NODEPORT-CONTAINER -p tcp -m tcp --dport 30080 -j DNAT --to-destination 169.254.77.1:14000
`,
    )
    t.equal(
      text(all, 'IPv6', dnat),
      `KUBE-NODEPORT-CONTAINER -p tcp -m tcp --dport 30080 -j DNAT --to-destination [fd00:77::1]:14000
`,
    )
    t.strictSame(rulesFor(all, 'IPv4', dnat).filter.chains.get('KUBE-NODEPORT-NON-LOCAL'), [
      '-p tcp -m tcp --dport 10256 -j ACCEPT',
      '-d 169.254.77.1/32 -p tcp -m tcp --dport 14000 -m conntrack --ctstate DNAT -j ACCEPT',
      '-d 169.254.77.1/32 -p tcp -m tcp --dport 14000 -m conntrack ! --ctstate DNAT -j REJECT --reject-with tcp-reset',
    ])
    t.end()
  },
)

t.test('what is decided of a portal, of its own pods and of its port is in its rules at once', t => {
  const insiders = served({ ...external, clients: 'insiders' })
  const before = text(externally(insiders))
  t.not(text(externally({ ...insiders, localPort: port(14_009) })), before)
  t.not(text(externally({ ...insiders, verdict: 'drop' })), before)
  t.not(text(wanted(insiders)), before)
  t.not(text(externally(insiders), 'IPv4', dnat), before)
  t.equal(text(externally(insiders)), before)
  t.end()
})

t.test('where a range is closed, only portals are met, and drop whom they drop', t => {
  const portals = [
    served({ address: '10.96.0.10', localPort: 14_000 }),
    dropped({ address: '10.96.0.11', localPort: 14_001 }),
    served({ nodePort: 30_080, localPort: 14_000 }),
    dropped({ nodePort: 30_081, localPort: 14_001 }),
  ]
  const closed = ['10.96.0.0/16', 'fd00:96::/112', '10.96.0.0/16'].map(cidr)
  t.equal(
    text({ ...wanted(...portals), closed }).replaceAll(
      '-m comment --comment "nothing of the cluster is here" ',
      '',
    ),
    `KUBE-PORTALS-CONTAINER -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 14000
KUBE-PORTALS-CONTAINER -d 10.96.0.0/16 -j ACCEPT
KUBE-NODEPORT-CONTAINER -p tcp -m tcp --dport 30080 -j REDIRECT --to-ports 14000
KUBE-PORTAL-REFUSE -d 10.96.0.11/32 -p tcp -m tcp --dport 80 -j DROP
KUBE-PORTAL-REFUSE -d 10.96.0.0/16 -p tcp -j REJECT --reject-with tcp-reset
KUBE-PORTAL-REFUSE -d 10.96.0.0/16 -j REJECT --reject-with icmp-port-unreachable
KUBE-PORTAL-REFUSE -m addrtype --dst-type LOCAL -m conntrack ! --ctstate DNAT -j KUBE-PORTAL-NODEPORTS
KUBE-PORTAL-NODEPORTS -p tcp -m tcp --dport 30081 -j DROP
`,
  )
  t.end()
})

t.test('thousands of closed addresses are split, and each is met behind few rules', t => {
  const closed = Array.from({ length: 4096 }, (_, index) => cidr(`10.96.${index >> 8}.${index & 255}/32`))
  const { filter, nat } = rulesFor({ ...wanted(), closed: closed.toReversed() }, 'IPv4')
  t.strictSame(rulesFor({ ...wanted(), closed }, 'IPv4').filter.chains, filter.chains)
  for (const { chains } of [filter, nat]) for (const rules of chains.values()) t.ok(rules.length <= 64)
  const all = [...filter.chains.values()].flat().filter(rule => rule.includes('tcp-reset'))
  t.equal(new Set(all).size, 4096)
  t.end()
})
