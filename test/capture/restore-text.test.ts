import t from 'tap'
import { type CapturedPortal, nothingWanted } from '../../lib/capture/capture.js'
import { installText, removeText, restoreText } from '../../lib/capture/restore-text.js'
import { rulesFor } from '../../lib/capture/rules.js'
import type { Ruleset } from '../../lib/capture/ruleset.js'
import { savedRules } from '../../lib/capture/saved.js'
import type { Family } from '../../lib/model/ip-address.js'
import { dropped, guardOf, refused, served, wanted } from './wanted.js'

const cart = served({ address: '10.96.0.10', localPort: 14_000 })
const dns = served({ name: 'kube-system/dns', address: '10.96.0.2', port: 53, localPort: 14_001 })
const empty = refused({ name: 'shop/empty', address: '10.96.0.11', localPort: 14_007 })

const installed = `*filter
:KUBE-NODEPORT-NON-LOCAL - [0:0]
:KUBE-PORTAL-REFUSE - [0:0]
-I INPUT 1 -m comment --comment "Ensure that non-local NodePort traffic can flow" -j KUBE-NODEPORT-NON-LOCAL
-I INPUT 2 -m conntrack --ctstate NEW -m comment --comment "refuse new clients of portals without endpoints" -j KUBE-PORTAL-REFUSE
-I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment "refuse new clients of portals without endpoints" -j KUBE-PORTAL-REFUSE
-I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment "refuse new clients of portals without endpoints" -j KUBE-PORTAL-REFUSE
-A KUBE-NODEPORT-NON-LOCAL -p tcp -m tcp --dport 14000:14001 -m conntrack --ctstate DNAT -j ACCEPT
-A KUBE-NODEPORT-NON-LOCAL -p tcp -m tcp --dport 14000:14001 -m conntrack ! --ctstate DNAT -j REJECT --reject-with tcp-reset
-A KUBE-NODEPORT-NON-LOCAL -p tcp -m tcp --dport 14007 -m conntrack --ctstate DNAT -j ACCEPT
-A KUBE-NODEPORT-NON-LOCAL -p tcp -m tcp --dport 14007 -m conntrack ! --ctstate DNAT -j REJECT --reject-with tcp-reset
-A KUBE-PORTAL-REFUSE -d 10.96.0.11/32 -p tcp -m comment --comment "shop/empty" -m tcp --dport 80 -j REJECT --reject-with tcp-reset
COMMIT
*nat
:KUBE-PORTALS-CONTAINER - [0:0]
:KUBE-PORTALS-HOST - [0:0]
-I PREROUTING 1 -m comment --comment "handle ClusterIPs; NOTE: this must be before the NodePort rules" -j KUBE-PORTALS-CONTAINER
-I OUTPUT 1 -m comment --comment "handle ClusterIPs; NOTE: this must be before the NodePort rules" -j KUBE-PORTALS-HOST
-A KUBE-PORTALS-CONTAINER -d 10.96.0.2/32 -p tcp -m comment --comment "kube-system/dns" -m tcp --dport 53 -j REDIRECT --to-ports 14001
-A KUBE-PORTALS-CONTAINER -d 10.96.0.10/32 -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 80 -j REDIRECT --to-ports 14000
-A KUBE-PORTALS-HOST -d 10.96.0.2/32 -p tcp -m comment --comment "kube-system/dns" -m tcp --dport 53 -j REDIRECT --to-ports 14001
-A KUBE-PORTALS-HOST -d 10.96.0.10/32 -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 80 -j REDIRECT --to-ports 14000
COMMIT
`

t.test('a fresh machine gets the guard and the refusals, then the redirects', t => {
  t.equal(installText(wanted(cart, dns, empty), 'IPv4'), installed)
  t.end()
})

t.test('the order of the portals makes no difference', t => {
  t.equal(installText(wanted(empty, dns, cart), 'IPv4'), installed)
  t.end()
})

t.test('UDP listeners are guarded as TCP listeners are, and refuse as closed UDP ports do', t => {
  const udp = served({ name: 'kube-system/dns', address: '10.96.0.2', protocol: 'UDP', localPort: 14_001 })
  const udp6 = served({ name: 'kube-system/dns', address: 'fd00:96::2', protocol: 'UDP', localPort: 14_002 })
  const rulesIn = (family: Family): readonly string[] =>
    rulesFor(wanted(cart, udp, udp6), family).filter.chains.get('KUBE-NODEPORT-NON-LOCAL') ?? []
  t.strictSame(rulesIn('IPv4'), [
    '-p tcp -m tcp --dport 14000 -m conntrack --ctstate DNAT -j ACCEPT',
    '-p tcp -m tcp --dport 14000 -m conntrack ! --ctstate DNAT -j REJECT --reject-with tcp-reset',
    '-p udp -m udp --dport 14001 -m conntrack --ctstate DNAT -j ACCEPT',
    '-p udp -m udp --dport 14001 -m conntrack ! --ctstate DNAT -j REJECT --reject-with icmp-port-unreachable',
  ])
  t.strictSame(rulesIn('IPv6'), [
    '-p udp -m udp --dport 14002 -m conntrack --ctstate DNAT -j ACCEPT',
    '-p udp -m udp --dport 14002 -m conntrack ! --ctstate DNAT -j REJECT --reject-with icmp6-port-unreachable',
  ])
  t.end()
})

const rules = (...portals: readonly CapturedPortal[]): Ruleset => rulesFor(wanted(...portals), 'IPv4')

t.test('nothing is written where nothing differs', t => {
  t.equal(restoreText(rules(cart, dns, empty), rules(empty, cart, dns)), '')
  t.end()
})

t.test('only the chains that differ are written, each whole', t => {
  const guarded = { ...nothingWanted, portals: [dns], guarded: [cart, dns].map(guardOf) }
  t.equal(
    restoreText(rules(cart, dns), rulesFor(guarded, 'IPv4')),
    `*nat
:KUBE-PORTALS-CONTAINER - [0:0]
:KUBE-PORTALS-HOST - [0:0]
-A KUBE-PORTALS-CONTAINER -d 10.96.0.2/32 -p tcp -m comment --comment "kube-system/dns" -m tcp --dport 53 -j REDIRECT --to-ports 14001
-A KUBE-PORTALS-HOST -d 10.96.0.2/32 -p tcp -m comment --comment "kube-system/dns" -m tcp --dport 53 -j REDIRECT --to-ports 14001
COMMIT
`,
  )
  t.end()
})

t.test('a portal that loses its endpoints is refused before it is no longer redirected', t => {
  t.equal(
    restoreText(rules(cart), rules({ ...cart, verdict: 'refuse' })),
    `*filter
:KUBE-PORTAL-REFUSE - [0:0]
-A KUBE-PORTAL-REFUSE -d 10.96.0.10/32 -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 80 -j REJECT --reject-with tcp-reset
COMMIT
*nat
:KUBE-PORTALS-CONTAINER - [0:0]
:KUBE-PORTALS-HOST - [0:0]
COMMIT
`,
  )
  t.end()
})

t.test('a portal that gets endpoints is redirected before it is no longer refused', t => {
  t.equal(
    restoreText(rules({ ...cart, verdict: 'refuse' }), rules(cart)),
    `*nat
:KUBE-PORTALS-CONTAINER - [0:0]
:KUBE-PORTALS-HOST - [0:0]
-A KUBE-PORTALS-CONTAINER -d 10.96.0.10/32 -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 80 -j REDIRECT --to-ports 14000
-A KUBE-PORTALS-HOST -d 10.96.0.10/32 -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 80 -j REDIRECT --to-ports 14000
COMMIT
*filter
:KUBE-PORTAL-REFUSE - [0:0]
COMMIT
`,
  )
  t.end()
})

const disturbed = savedRules(`*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-NODEPORT-HOST - [0:0]
:KUBE-NODEPORTS - [0:0]
-A PREROUTING -j DOCKER
-A PREROUTING -m comment --comment "handle ClusterIPs; NOTE: this must be before the NodePort rules" -j KUBE-PORTALS-CONTAINER
-A PREROUTING -j KUBE-NODEPORTS
-A OUTPUT -m addrtype --dst-type LOCAL -j KUBE-NODEPORT-HOST
-A KUBE-NODEPORT-HOST -j ACCEPT
COMMIT
`)

t.test('displaced jumps are put back, and what an older program left goes', t => {
  t.equal(
    restoreText({ ...rules(), nat: disturbed.nat }, rules()),
    `*nat
:KUBE-PORTALS-CONTAINER - [0:0]
:KUBE-PORTALS-HOST - [0:0]
:KUBE-NODEPORT-HOST - [0:0]
-D PREROUTING -m comment --comment "handle ClusterIPs; NOTE: this must be before the NodePort rules" -j KUBE-PORTALS-CONTAINER
-I PREROUTING 1 -m comment --comment "handle ClusterIPs; NOTE: this must be before the NodePort rules" -j KUBE-PORTALS-CONTAINER
-D OUTPUT -m addrtype --dst-type LOCAL -j KUBE-NODEPORT-HOST
-I OUTPUT 1 -m comment --comment "handle ClusterIPs; NOTE: this must be before the NodePort rules" -j KUBE-PORTALS-HOST
-X KUBE-NODEPORT-HOST
COMMIT
`,
  )
  t.end()
})

t.test('only what is ours is removed, and the guard last', t => {
  t.equal(
    removeText({ ...rules(cart), nat: disturbed.nat }),
    `*nat
:KUBE-NODEPORT-HOST - [0:0]
-D PREROUTING -m comment --comment "handle ClusterIPs; NOTE: this must be before the NodePort rules" -j KUBE-PORTALS-CONTAINER
-D OUTPUT -m addrtype --dst-type LOCAL -j KUBE-NODEPORT-HOST
-X KUBE-NODEPORT-HOST
COMMIT
*filter
:KUBE-NODEPORT-NON-LOCAL - [0:0]
:KUBE-PORTAL-REFUSE - [0:0]
-D INPUT -m comment --comment "Ensure that non-local NodePort traffic can flow" -j KUBE-NODEPORT-NON-LOCAL
-D INPUT -m conntrack --ctstate NEW -m comment --comment "refuse new clients of portals without endpoints" -j KUBE-PORTAL-REFUSE
-D FORWARD -m conntrack --ctstate NEW -m comment --comment "refuse new clients of portals without endpoints" -j KUBE-PORTAL-REFUSE
-D OUTPUT -m conntrack --ctstate NEW -m comment --comment "refuse new clients of portals without endpoints" -j KUBE-PORTAL-REFUSE
-X KUBE-NODEPORT-NON-LOCAL
-X KUBE-PORTAL-REFUSE
COMMIT
`,
  )
  t.end()
})

t.test('each family gets the portals of its own', t => {
  const v6 = served({ address: 'fd00:96::10', localPort: 14_000 })
  const rulesIn = (family: Family): string[] =>
    installText({ ...nothingWanted, portals: [cart, v6, { ...v6, verdict: 'refuse' }] }, family)
      .split('\n')
      .filter(line => line.includes('-d '))
  t.strictSame(rulesIn('IPv6'), [
    '-A KUBE-PORTAL-REFUSE -d fd00:96::10/128 -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 80 -j REJECT --reject-with tcp-reset',
    '-A KUBE-PORTALS-CONTAINER -d fd00:96::10/128 -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 80 -j REDIRECT --to-ports 14000',
    '-A KUBE-PORTALS-HOST -d fd00:96::10/128 -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 80 -j REDIRECT --to-ports 14000',
  ])
  t.match(rulesIn('IPv4'), [/10\.96\.0\.10/, /10\.96\.0\.10/])
  t.end()
})

/** The tables and the lines that come or go, without comments. */
const steps = (current: Ruleset, next: Ruleset): string[] =>
  restoreText(current, next)
    .replaceAll('-m comment --comment "shop/cart:http" ', '')
    .split('\n')
    .filter(line => /^\*|^-A KUBE-PORTAL(S-HOST|-REFUSE)/.test(line))

const balanced = { kind: 'load-balancer', address: '203.0.113.8', localPort: 14_000 } as const
const narrow = { ...balanced, sources: ['192.0.2.0/24'] }
const [redirecting, from] = ['-j REDIRECT --to-ports 14000', '-s 192.0.2.0/24 ']
const toPortal = '-d 203.0.113.8/32 -p tcp -m tcp --dport 80'

t.test(
  'who may not come any more is dropped before no longer redirected, and let in the other way round',
  t => {
    t.strictSame(steps(rules(served(balanced)), rules(served(narrow))), [
      '*filter',
      `-A KUBE-PORTAL-REFUSE ${toPortal} -j DROP`,
      '*nat',
      `-A KUBE-PORTALS-HOST ${from}${toPortal} ${redirecting}`,
    ])
    t.strictSame(steps(rules(served(narrow)), rules(served(balanced))), [
      '*nat',
      `-A KUBE-PORTALS-HOST ${toPortal} ${redirecting}`,
      '*filter',
    ])
    t.end()
  },
)

t.test('a portal that says something else to clients it does not serve says so at once', t => {
  t.strictSame(steps(rules(refused(balanced)), rules(dropped(balanced))), [
    '*filter',
    `-A KUBE-PORTAL-REFUSE ${toPortal} -j DROP`,
    `-A KUBE-PORTAL-REFUSE ${toPortal} -j REJECT --reject-with tcp-reset`,
    '*filter',
    `-A KUBE-PORTAL-REFUSE ${toPortal} -j DROP`,
  ])
  t.end()
})

t.test('while many refusals are spread over chains, each stands until its portal is redirected', t => {
  const many = Array.from({ length: 200 }, (_, index) =>
    refused({ address: `10.96.${index}.1`, localPort: 15_000 + index }),
  )
  const some = many.map((each, index) => (index === 0 ? each : ({ ...each, verdict: 'serve' } as const)))
  const [current, next] = [rules(...many), rules(...some)]
  const text = restoreText(current, next)
  const [before = '', after = ''] = text.split('*nat')
  t.equal(before.match(/^-A KUBE-PORTAL-REFUSE .* -j KUBE-PORTAL-/gm)?.length, 13)
  t.notMatch(before, /^:KUBE-PORTAL-[0-9a-f]|^-X/m)
  t.match(after, /^-X KUBE-PORTAL-[0-9a-f]{12}$/m)
  t.end()
})
