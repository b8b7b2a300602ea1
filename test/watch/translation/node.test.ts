import t from 'tap'
import { cidr, cidrText } from '../../../lib/model/cidr.js'
import { readNode } from '../../../lib/watch/translation/node.js'
import { snapshotOf } from '../translation.js'

const addressed = (...addresses: readonly (readonly [string, unknown])[]): unknown => ({
  metadata: { name: 'worker' },
  status: { addresses: addresses.map(([type, address]) => ({ type, address })) },
})

const addressesOf = (...addresses: readonly (readonly [string, unknown])[]): readonly string[] =>
  snapshotOf({ services: [], slices: [], node: addressed(...addresses) }).nodeAddresses

t.test(
  'internal addresses come before external ones, and of each family the first before all others',
  async t => {
    t.strictSame(
      addressesOf(
        ['Hostname', 'worker'],
        ['ExternalIP', '203.0.113.1'],
        ['InternalIP', '192.0.2.1'],
        ['InternalIP', '192.0.2.2'],
        ['ExternalIP', 'fd00::9'],
        ['InternalIP', 'fd00:0:0::1'],
      ),
      ['192.0.2.1', 'fd00::1', '192.0.2.2', '203.0.113.1', 'fd00::9'],
    )
    t.strictSame(addressesOf(['InternalIP', 'fd00::1'], ['InternalIP', '192.0.2.1']), [
      'fd00::1',
      '192.0.2.1',
    ])
  },
)

t.test('what is no address is left out, and each is there once', async t => {
  t.strictSame(
    addressesOf(
      ['InternalIP', 'x'],
      ['InternalIP', 7],
      ['InternalIP', '192.0.2.1'],
      ['ExternalIP', '192.0.2.1'],
    ),
    ['192.0.2.1'],
  )
})

const ownPods = (spec: unknown): unknown => {
  const own = snapshotOf({ services: [], slices: [], node: { metadata: { name: 'worker' }, spec } }).ownPods
  return own.kind === 'cidrs' ? own.cidrs.map(cidrText) : own.kind
}

t.test("this node's own pods are those of its ranges", async t => {
  t.strictSame(ownPods({ podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24', 'fd00:244::/64'] }), [
    '10.244.1.0/24',
    'fd00:244::/64',
  ])
  t.strictSame(ownPods({ podCIDR: '10.244.1.0/24' }), ['10.244.1.0/24'])
})

t.test('without ranges, or without a Node, nobody knows which pods are its own', async t => {
  t.equal(ownPods({}), 'unknown')
  t.equal(ownPods({ podCIDRs: ['x'] }), 'unknown')
  t.strictSame(snapshotOf({ services: [], slices: [] }).ownPods, { kind: 'unknown' })
})

t.test('what the command line says of own pods counts, whatever the Node says', async t => {
  const told = { kind: 'cidrs', cidrs: [cidr('10.0.0.0/8')] } as const
  const node = { metadata: { name: 'worker' }, spec: { podCIDR: '10.244.1.0/24' } }
  t.strictSame(snapshotOf({ services: [], slices: [], node }, { ownPods: told }).ownPods, told)
})

t.test('a Node says that it goes, and what it is tainted with', async t => {
  const going = readNode({
    metadata: { name: 'worker', deletionTimestamp: 'now' },
    spec: { taints: [{ key: 'a' }, {}] },
  })
  t.equal(going.deleting, true)
  t.strictSame(going.taints, ['a'])
})

t.test('a node that goes, or that the autoscaler is about to take, is to get no clients', async t => {
  const eligible = (metadata: object, ...taints: readonly string[]): boolean =>
    snapshotOf({
      ...{ services: [], slices: [] },
      node: { metadata: { name: 'worker', ...metadata }, spec: { taints: taints.map(key => ({ key })) } },
    }).nodeEligible
  t.ok(eligible({}))
  t.ok(eligible({}, 'node.kubernetes.io/unreachable'))
  t.notOk(eligible({ deletionTimestamp: '2026-01-02T03:04:05Z' }))
  t.notOk(eligible({}, 'a', 'ToBeDeletedByClusterAutoscaler'))
  t.ok(snapshotOf({ services: [], slices: [] }).nodeEligible, 'on a laptop')
})
