import t from 'tap'
import { rulesFor } from '../../lib/capture/rules.js'
import { nothing, type Ruleset } from '../../lib/capture/ruleset.js'
import { standingIn, standingKey } from '../../lib/capture/standing.js'
import { dnat, redirect } from '../../lib/capture/target.js'
import { refused, served, wanted } from './wanted.js'

const tcp = served({ address: '10.96.0.10', localPort: 14_000 })
const udp = served({ address: '10.96.0.11', protocol: 'UDP', localPort: 14_001 })
const nodePort = served({ nodePort: 30_080, localPort: 14_002 })
const six = served({ address: 'fd00:96::10', localPort: 14_003 })
const nobody = refused({ address: '10.96.0.12', localPort: 14_004 })
const all = wanted(tcp, udp, nodePort, six, nobody)

t.test('portals whose clients are led to their local ports stand, whatever the protocol', async t => {
  const rules = rulesFor(all, 'IPv4')
  t.strictSame([...standingIn(rules, 'IPv4', redirect)].sort(), [tcp, udp, nodePort].map(standingKey).sort())
  const sixes = rulesFor(all, 'IPv6', dnat)
  t.strictSame([...standingIn(sixes, 'IPv6', dnat)], [standingKey(six)])
})

t.test("a Service whose local port has another one's clients does not stand", async t => {
  const standing = standingIn(rulesFor(all, 'IPv4'), 'IPv4', redirect)
  t.ok(standing.has(standingKey(tcp)))
  t.notOk(standing.has(standingKey({ ...tcp, servicePort: { ...tcp.servicePort, service: 'web' } })))
})

t.test('where nothing stands there is nothing, and neither for another way to capture', async t => {
  t.equal(standingIn(nothing, 'IPv4', redirect).size, 0)
  t.equal(standingIn(rulesFor(all, 'IPv4'), 'IPv4', dnat).size, 0)
  t.equal(standingIn(rulesFor(all, 'IPv4', dnat), 'IPv4', redirect).size, 0)
})

t.test('rules do not stand without a jump to them, or without the guard of their local ports', async t => {
  const { nat, filter } = rulesFor(all, 'IPv4')
  const broken: Readonly<Record<string, Ruleset>> = {
    'no jump in nat': { filter, nat: { ...nat, references: [] } },
    'no jump from INPUT': { nat, filter: { ...filter, references: [] } },
    'no guard': { nat, filter: rulesFor({ ...all, guarded: [] }, 'IPv4').filter },
  }
  for (const [what, rules] of Object.entries(broken))
    t.equal(standingIn(rules, 'IPv4', redirect).size, 0, what)
})
