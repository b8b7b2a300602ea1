import t from 'tap'
import { rulesFor } from '../../lib/capture/rules.js'
import { nothing, type Ruleset } from '../../lib/capture/ruleset.js'
import { standingPorts } from '../../lib/capture/standing.js'
import { portPlace } from '../../lib/capture/place.js'
import { dnat, redirect } from '../../lib/capture/target.js'
import { port } from '../../lib/model/port.js'
import { refused, served, wanted } from './wanted.js'

const tcp = served({ address: '10.96.0.10', localPort: 14_000 })
const udp = served({ address: '10.96.0.11', protocol: 'UDP', localPort: 14_001 })
const nodePort = served({ nodePort: 30_080, localPort: 14_002 })
const six = served({ address: 'fd00:96::10', localPort: 14_003 })
const nobody = refused({ address: '10.96.0.12', localPort: 14_004 })
const all = wanted(tcp, udp, nodePort, six, nobody)
const four = [portPlace(port(14_000), 'TCP'), portPlace(port(14_002), 'TCP'), portPlace(port(14_001), 'UDP')]

t.test('local ports that rules lead clients to stand, whatever the protocol and the portal', async t => {
  const rules = rulesFor(all, 'IPv4')
  t.strictSame([...standingPorts(rules, 'IPv4', redirect)].sort(), four)
  const sixes = rulesFor(all, 'IPv6', dnat)
  t.strictSame([...standingPorts(sixes, 'IPv6', dnat)], [portPlace(port(14_003), 'TCP')])
})

t.test('where nothing stands there is nothing, and neither for another way to capture', async t => {
  t.equal(standingPorts(nothing, 'IPv4', redirect).size, 0)
  t.equal(standingPorts(rulesFor(all, 'IPv4'), 'IPv4', dnat).size, 0)
  t.equal(standingPorts(rulesFor(all, 'IPv4', dnat), 'IPv4', redirect).size, 0)
})

t.test('rules do not stand without a jump to them, or without the guard of their local ports', async t => {
  const { nat, filter } = rulesFor(all, 'IPv4')
  const broken: Readonly<Record<string, Ruleset>> = {
    'no jump in nat': { filter, nat: { ...nat, references: [] } },
    'no jump from INPUT': { nat, filter: { ...filter, references: [] } },
    'no guard': { nat, filter: rulesFor({ ...all, guarded: [] }, 'IPv4').filter },
  }
  for (const [what, rules] of Object.entries(broken))
    t.equal(standingPorts(rules, 'IPv4', redirect).size, 0, what)
})
