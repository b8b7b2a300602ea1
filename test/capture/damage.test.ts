import t from 'tap'
import { damageOf } from '../../lib/capture/damage.js'
import { rulesFor } from '../../lib/capture/rules.js'
import { nothing, type Ruleset } from '../../lib/capture/ruleset.js'
import { savedRules } from '../../lib/capture/saved.js'
import { served, wanted } from './wanted.js'

const left = rulesFor(wanted(served({ address: '10.96.0.10', localPort: 14_000 })), 'IPv4')

const savedTable = (name: 'filter' | 'nat', { [name]: { chains, references } }: Ruleset): string[] => [
  `*${name}`,
  ...[...chains.keys()].map(chain => `:${chain} - [0:0]`),
  ...references.map(({ from, rule }) => `-A ${from} ${rule}`),
  ...[...chains].flatMap(([chain, rules]) => rules.map(rule => `-A ${chain} ${rule}`)),
  'COMMIT',
]

/** What is found after somebody did something to what is saved of it. */
const after = (change: (saved: string) => string): Ruleset =>
  savedRules(change([...savedTable('filter', left), ...savedTable('nat', left)].join('\n')))

t.test('what is as it was left has no damage', t => {
  t.equal(damageOf(left, left), undefined)
  t.equal(
    damageOf(
      left,
      after(saved => saved),
    ),
    undefined,
  )
  t.end()
})

t.test('after a flush, all is missing', t => {
  // Two rules of the guard, a portal's in two chains, and six jumps.
  t.strictSame(damageOf(left, nothing), { missing: 10, of: 10 })
  t.end()
})

t.test('a rule that says something else is missing, and so is a jump', t => {
  const found = after(saved =>
    saved.replace('--to-ports 14000', '--to-ports 14001').replace(/-A FORWARD .*\n/, ''),
  )
  t.strictSame(damageOf(left, found), { missing: 2, of: 10 })
  t.end()
})

t.test('a rule before our first jump is named', t => {
  const found = after(saved => saved.replace('-A INPUT', '-A INPUT -j ufw-before-input\n-A INPUT'))
  t.strictSame(damageOf(left, found), { missing: 0, of: 10, displacedBy: '-j ufw-before-input' })
  t.end()
})

t.test('a rule that somebody added to our chains is damage, too', t => {
  const found = after(saved => saved.replace('-A KUBE-PORTALS-HOST', '-A KUBE-PORTALS-HOST -j RETURN\n$&'))
  t.strictSame(damageOf(left, found), { missing: 0, of: 10 })
  t.end()
})
