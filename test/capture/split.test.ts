import fc from 'fast-check'
import t from 'tap'
import { isOurs } from '../../lib/capture/chains.js'
import { matching, placeOf } from '../../lib/capture/place.js'
import { manyRules, split, type SplitRules } from '../../lib/capture/split.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'

const options = { addressDigits: 8, purpose: 'portals' } as const

/** A rule for each of `places`. */
const splitting = (places: readonly string[]): SplitRules =>
  split(
    places.toSorted().map(place => ({ place, rules: [`rule ${place}`] })),
    options,
  )

/** Every place with that many addresses from 10.96.0.0 on, in steps of 7. */
const cluster = (size: number): readonly string[] =>
  Array.from({ length: size }, (_, index) => `0a6${(index * 7).toString(16).padStart(5, '0')}00050`)

/** The rules that a packet for `place` meets, in their order. */
const met = ({ root, chains }: SplitRules, place: string): readonly string[] => {
  const walk = (rules: readonly string[]): string[] =>
    rules.flatMap(rule => {
      const [match = '', next] = rule.split(' -j ')
      if (next === undefined) return [rule]
      const reaches = place.length > 0 && prefixes(place).some(prefix => matching(prefix, 8) === match)
      return [rule, ...(reaches ? walk(chains.get(next) ?? []) : [])]
    })
  return walk(root)
}

const prefixes = (place: string): string[] => Array.from(place, (_, index) => place.slice(0, index + 1))

t.test('few rules stand together where they are looked for first', t => {
  const { root, chains } = splitting(cluster(manyRules))
  t.equal(root.length, manyRules)
  t.equal(chains.size, 0)
  t.end()
})

t.test('a packet meets a few dozen of 10,000 rules, its own among them', t => {
  const places = cluster(10_000)
  const all = splitting(places)
  for (const place of [places[0], places[1234], places[9999]]) {
    const rules = met(all, place ?? '')
    t.ok(rules.includes(`rule ${place}`))
    t.ok(rules.length <= 2 * 16 + manyRules, String(rules.length))
  }
  t.end()
})

t.test('whatever the places are, each has its rule where its packets come by', t => {
  const address = fc.tuple(fc.constantFrom(10, 192), fc.constantFrom(0, 96), fc.nat(3), fc.nat(255))
  const where = fc.record({ address, port: fc.integer({ min: 1, max: 65_535 }), udp: fc.boolean() })
  fc.assert(
    fc.property(fc.array(where, { minLength: 70, maxLength: 300 }), all => {
      const places = all.map(each =>
        placeOf(
          { kind: 'cluster-ip', address: ipAddress(each.address.join('.')), port: port(each.port) },
          each.udp ? 'UDP' : 'TCP',
        ),
      )
      const rules = splitting([...new Set(places)])
      for (const place of places)
        t.equal(met(rules, place).filter(rule => rule === `rule ${place}`).length, 1)
      for (const name of rules.chains.keys()) t.ok(isOurs('nat', name))
    }),
    { numRuns: 20 },
  )
  t.end()
})

t.test('one more changes one chain, and no name', t => {
  const places = cluster(10_000)
  const [before, after] = [splitting(places), splitting([...places, '0a600001000050'])]
  const changed = [...after.chains].filter(
    ([name, rules]) => before.chains.get(name)?.join() !== rules.join(),
  )
  t.strictSame(before.root, after.root)
  t.strictSame([...before.chains.keys()], [...after.chains.keys()])
  t.equal(changed.length, 1)
  t.end()
})

t.test('one address with many ports is split by protocol and port', t => {
  const places = Array.from(
    { length: 200 },
    (_, index) => `0a600001${index % 2}${(8000 + index).toString(16)}`,
  )
  const { root, chains } = splitting(places.map(place => place.padEnd(13, '0')))
  t.match(root, [/^-d 10.96.0.1\/32 -p tcp -j KUBE-PORTAL-/, /^-d 10.96.0.1\/32 -p udp -j KUBE-PORTAL-/])
  t.ok([...chains.values()].every(rules => rules.length <= manyRules))
  t.end()
})

for (const [digits, addressDigits, text] of [
  ['0a6', 8, '-d 10.96.0.0/12'],
  ['0a60000a', 8, '-d 10.96.0.10/32'],
  ['0a60000a0', 8, '-d 10.96.0.10/32 -p tcp'],
  ['0a60000a11f', 8, '-d 10.96.0.10/32 -p udp -m udp --dport 7936:8191'],
  ['fd0000960000', 32, '-d fd00:96::/48'],
  ['1', 0, '-p udp'],
  ['07', 0, '-p tcp -m tcp --dport 28672:32767'],
] as const)
  t.test(`packets for ${digits}… are those that match ${text}`, t => {
    t.equal(matching(digits, addressDigits), text)
    t.end()
  })

t.test('only names of ours are ours', t => {
  for (const name of ['KUBE-PORTAL-0123456789ab', 'KUBE-PORTAL-REFUSE', 'KUBE-PORTAL-NODEPORTS'])
    t.ok(isOurs('filter', name), name)
  for (const name of [
    'KUBE-PORTALFOO',
    'KUBE-PORTAL-0123456789abc',
    'KUBE-PORTAL-0123456789AB',
    'KUBE-NODEPORTS',
  ])
    t.notOk(isOurs('filter', name), name)
  t.notOk(isOurs('nat', 'KUBE-PORTAL-REFUSE'))
  t.end()
})
