import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { type CapturedPortal, nothingWanted, type Wanted } from '../../lib/capture/capture.js'
import { chains } from '../../lib/capture/chains.js'
import { removeText, restoreText } from '../../lib/capture/restore-text.js'
import { rulesFor } from '../../lib/capture/rules.js'
import { savedRules } from '../../lib/capture/saved.js'
import { type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import type { Clients, Verdict } from '../../lib/model/portal.js'
import { runs } from '../dataplane/cases.js'
import { type Fate, fateOf, type Packet } from '../loop/packet.js'
import { KernelTables, type Section, sectionsOf } from '../loop/tables.js'
import { anyWanted, families } from './any-wanted.js'
import { captured, guardOf } from './wanted.js'

const node = ipAddress('172.18.0.2')
const own: ReadonlySet<IpAddress> = new Set([node])
const hosts = [1, 2, 3, 4]

const localPort = fc.integer({ min: 14_000, max: 14_005 })
const verdict = fc.constantFrom<Verdict>('serve', 'refuse', 'drop')
const anyPlace = fc.record({
  host: fc.constantFrom(...hosts),
  kind: fc.constantFrom('cluster-ip', 'external-ip', 'node-port'),
  forAll: fc.boolean(),
  fates: fc.tuple(fc.tuple(verdict, localPort), fc.tuple(verdict, localPort)),
})

/** A few portals at places that others have, too; for everybody, or for insiders and outsiders apart. */
const fewPortals = fc.uniqueArray(anyPlace, { selector: ({ host, kind }) => `${host} ${kind}` }).map(places =>
  places.flatMap(({ host, kind, forAll, fates }) => {
    const apart: readonly Clients[] = ['insiders', 'outsiders']
    const classes: readonly Clients[] = forAll || kind === 'cluster-ip' ? ['everybody'] : apart
    return classes.map((clients, index) => {
      const [first, second] = fates
      // Who serves outsiders serves insiders, too.
      const later = first[0] === 'serve' ? second[0] : 'drop'
      const [verdict, localPort] = index === 0 ? first : [later, second[1]]
      if (kind === 'node-port') return captured({ nodePort: 30_000 + host, clients, localPort }, verdict)
      const port = kind === 'cluster-ip' ? 80 : 443
      return captured({ kind, clients, address: `10.96.0.${host}`, port, localPort }, verdict)
    })
  }),
)

const crowd = Array.from({ length: 150 }, (_, index) =>
  captured(
    { address: `10.96.${index + 1}.1`, localPort: 15_000 + index },
    index % 2 === 0 ? 'serve' : 'refuse',
  ),
)

const wantedWith = (portals: readonly CapturedPortal[], leaving: readonly CapturedPortal[]): Wanted => ({
  ...nothingWanted,
  portals,
  guarded: [...portals, ...leaving].map(guardOf),
})

/** A listener is guarded for as long as it is open, which is longer than clients are led to it. */
const anyChange = fc
  .tuple(fewPortals, fewPortals, fc.constantFrom([], crowd))
  .map(([some, others, among]) => [some, others].map(each => [...each, ...among]))
  .map(([before = [], after = []]) => ({ before: wantedWith(before, []), after: wantedWith(after, before) }))

const packets: readonly Packet[] = ['10.244.0.9', node, '192.0.2.9'].flatMap(from =>
  hosts.flatMap(host =>
    [
      { to: `10.96.0.${host}`, port: 80 },
      { to: `10.96.0.${host}`, port: 443 },
      { to: node, port: 30_000 + host },
      { to: node, port: 14_000 + host },
    ].map(({ to, port }) => ({
      ...{ from: ipAddress(from), to: ipAddress(to), port, protocol: 'TCP', redirected: false },
    })),
  ),
)

const fates = (kernel: KernelTables): readonly Fate[] =>
  packets.map(packet => fateOf(packet, table => kernel.chains(table), own))

const commitAll = (
  kernel: KernelTables,
  text: string,
  after: (section: Section) => void = () => undefined,
): void => {
  for (const section of sectionsOf(text)) {
    kernel.commit(section)
    after(section)
  }
}

/** What somebody else does to our rules, and to their own. */
const anyMess = fc.array(
  fc.oneof(
    fc.nat(400).map(which => (kernel: KernelTables) => kernel.deleteOne(which)),
    fc
      .constantFrom('INPUT', 'FORWARD', 'OUTPUT', 'PREROUTING')
      .map(chain => (kernel: KernelTables) => kernel.displace(chain)),
    fc.constantFrom('filter', 'nat', undefined).map(table => (kernel: KernelTables) => kernel.flush(table)),
    fc.constantFrom(...chains).map(({ table, name, from, jump }) => (kernel: KernelTables) => {
      if (kernel.chains(table).has(name))
        kernel.commit({ table, lines: from.map(each => `-A ${each} ${jump}`) })
    }),
    fc.constantFrom('KUBE-PORTAL-0123456789ab', 'KUBE-NODEPORT-HOST').map(
      stray => (kernel: KernelTables) =>
        kernel.commit({
          table: 'nat',
          lines: [`:${stray} - [0:0]`, `-A OUTPUT -j ${stray}`, `-A ${stray} -j RETURN`],
        }),
    ),
  ),
  { maxLength: 4 },
)

t.test('the order in which Services come makes no difference to the rules', t => {
  const property = fc.property(anyWanted, fc.infiniteStream(fc.nat()), (wanted, random) => {
    const shuffled = <Value>(values: readonly Value[]): readonly Value[] =>
      values
        .map(value => ({ value, at: Number(random.next().value) }))
        .sort((one, other) => one.at - other.at)
        .map(({ value }) => value)
    const other = { ...wanted, portals: shuffled(wanted.portals), guarded: shuffled(wanted.guarded) }
    for (const family of families) assert.deepEqual(rulesFor(other, family), rulesFor(wanted, family))
  })
  fc.assert(property, runs(20))
  t.end()
})

t.test('whatever others did to the rules, one change makes them those that are wanted', t => {
  const property = fc.property(anyChange, anyMess, ({ before, after }, mess) => {
    const kernel = new KernelTables()
    const theirs = kernel.save()
    commitAll(kernel, restoreText(savedRules(kernel.save()), rulesFor(before, 'IPv4')))
    for (const each of mess) each(kernel)
    const rules = rulesFor(after, 'IPv4')
    commitAll(kernel, restoreText(savedRules(kernel.save()), rules))
    const current = savedRules(kernel.save())
    for (const table of ['filter', 'nat'] as const)
      assert.deepEqual(new Map([...current[table].chains].sort()), new Map([...rules[table].chains].sort()))
    assert.equal(restoreText(current, rules), '')
    commitAll(kernel, removeText(current))
    if (mess.length === 0) assert.equal(kernel.save(), theirs)
  })
  fc.assert(property, runs(200))
  t.end()
})

/** Whether clients are refused or dropped may be known a moment late. */
const fareText = (fate: Fate | undefined): string => {
  if (fate?.kind === 'refused' || fate?.kind === 'dropped') return 'not served'
  return fate?.kind === 'redirected' ? JSON.stringify(fate) : (fate?.kind ?? 'unknown')
}

t.test('while the tables change one after the other, each packet fares as before or as after', t => {
  const property = fc.property(anyChange, ({ before, after }) => {
    const kernel = new KernelTables()
    commitAll(kernel, restoreText(savedRules(kernel.save()), rulesFor(before, 'IPv4')))
    const then = fates(kernel)
    const steps: (readonly Fate[])[] = []
    const text = restoreText(savedRules(kernel.save()), rulesFor(after, 'IPv4'))
    commitAll(kernel, text, () => void steps.push(fates(kernel)))
    const now = fates(kernel)
    for (const [index, packet] of packets.entries()) {
      const right = new Set([then[index], now[index]].map(fareText))
      // Where a portal comes or goes, clients may be told for a moment that nobody is there.
      if (right.has('passes')) right.add('not served')
      for (const step of steps)
        if (!right.has(fareText(step[index])))
          throw new Error(
            `${JSON.stringify(packet)} ${fareText(step[index])}, not ${[...right].join()}, by ${text}`,
          )
    }
  })
  fc.assert(property, runs(200))
  t.end()
})
