import t from 'tap'
import { Iptables } from '../../lib/capture/iptables.js'
import { type CapturedBy, removeLeftovers } from '../../lib/capture/leftovers.js'
import { LocalRoutes } from '../../lib/capture/local-routes.js'
import { dnat, redirect } from '../../lib/capture/target.js'
import { localAddresses } from '../../lib/host/local-addresses.js'
import { machine } from '../../lib/host/machine.js'
import { inNamespace } from '../namespace.js'
import { run, without } from './commands.js'
import { served, wanted } from './wanted.js'

const families = ['IPv4', 'IPv6'] as const
const four = served({ address: '10.96.0.10', localPort: 14_000 })
const six = served({ address: 'fd00:96::10', localPort: 14_001 })
const both = wanted(four, six)
const common = { host: machine, addresses: localAddresses, report: () => undefined }

const rulesOf = (kind: 'nft' | 'legacy', target = redirect): Iptables =>
  new Iptables({ ...common, backend: { kind, infix: `-${kind}` }, families, target })

/** What there is of ours, in short. */
const left = (): string[] => {
  const rules = (['nft', 'legacy'] as const).filter(kind =>
    run(`iptables-${kind}-save`).includes('KUBE-PORTALS-HOST'),
  )
  const addresses = run('ip', '-o', 'address', 'show', 'dev', 'lo')
  const routes = run('ip', 'route', 'show', 'table', 'local')
  return [
    ...rules,
    ...['169.254.77.1', 'fd00:77::1', 'fd00:96::10'].filter(address => addresses.includes(`${address}/`)),
    ...(routes.includes('10.96.0.10') ? ['10.96.0.10'] : []),
  ]
}

/** As if runs in every way had been killed. */
const killedRuns = async (): Promise<void> => {
  await new LocalRoutes({ ...common, families, connected: () => Promise.resolve(new Set()) }).apply(both)
  await rulesOf('nft', dnat).apply(both)
  await rulesOf('legacy').apply(both)
}

const everything = ['nft', 'legacy', '169.254.77.1', 'fd00:77::1', 'fd00:96::10', '10.96.0.10']

const ways: readonly { readonly name: string; readonly now: CapturedBy; readonly left: readonly string[] }[] =
  [
    { name: 'redirect with nft', now: { kind: 'rules', backend: 'nft', target: redirect }, left: ['nft'] },
    {
      name: 'redirect with legacy',
      now: { kind: 'rules', backend: 'legacy', target: redirect },
      left: ['legacy'],
    },
    {
      name: 'dnat with nft',
      now: { kind: 'rules', backend: 'nft', target: dnat },
      left: ['nft', '169.254.77.1', 'fd00:77::1'],
    },
    { name: 'bind', now: { kind: 'addresses' }, left: ['fd00:77::1', 'fd00:96::10', '10.96.0.10'] },
  ]

await inNamespace(import.meta.url, () => {
  const skip = without('iptables-legacy-save')
  for (const { name, now, left: stays } of ways)
    t.test(`what killed runs left in other ways goes, and what ${name} needs stays`, { skip }, async t => {
      await killedRuns()
      t.strictSame(left(), everything)
      const removed = await removeLeftovers({ ...common, now, routes: [] })
      t.strictSame(left(), stays)
      t.ok(removed.length > 0)
      t.strictSame(await removeLeftovers({ ...common, now, routes: [] }), [], 'nothing is left to remove')
    })
})
