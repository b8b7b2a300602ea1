import { readFileSync } from 'node:fs'
import t from 'tap'
import { type BackendKind, programOf } from '../../lib/capture/backend.js'
import { installText } from '../../lib/capture/restore-text.js'
import { dnat, redirect, type Target } from '../../lib/capture/target.js'
import { machine } from '../../lib/host/machine.js'
import type { Family } from '../../lib/model/ip-address.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import type { Snapshot } from '../../lib/model/snapshot.js'
import { wantedFor } from '../../lib/proxy/wanted.js'
import { field } from '../../lib/watch/raw.js'
import { inNamespace } from '../namespace.js'
import { itemsOf, recordings } from '../watch/recording.js'
import { snapshotOf } from '../watch/translation.js'
import { without } from './commands.js'

const families: readonly Family[] = ['IPv4', 'IPv6']
const kinds: readonly BackendKind[] = ['nft', 'legacy']
const moments = ['list', 'final'] as const

const snapshotAt = (moment: 'list' | 'final'): Snapshot => {
  const [services = [], slices = [], nodes = []] = recordings.map(recording => [
    ...(moment === 'final' ? recording.final : itemsOf(recording.list)).values(),
  ])
  const node = nodes.find(each => field(each, 'metadata', 'name') === 'kind-worker')
  return snapshotOf({ services, slices, node })
}

/** The rules of a whole cluster at a moment of its recording, each service port with a local port of its own. */
const rulesAt = (moment: 'list' | 'final', family: Family, target: Target = redirect): string => {
  const snapshot = snapshotAt(moment)
  const placed = snapshot.servicePorts.map((servicePort, index) => ({
    servicePort,
    localPort: port(14_000 + index),
  }))
  const open = snapshot.healthChecks.map(check => check.port)
  return installText(wantedFor(placed, { open, ownPods: snapshot.ownPods }), family, target)
}

const textIn = (moment: string, family: Family): string =>
  readFileSync(`test/capture/recorded-rules/${moment}.${family}.txt`, 'utf8')

for (const moment of moments)
  for (const family of families)
    t.test(`the ${family} rules of a real cluster are these (${moment})`, async t => {
      t.equal(rulesAt(moment, family), textIn(moment, family))
    })

await inNamespace(import.meta.url, () => {
  for (const kind of kinds)
    for (const family of families)
      for (const target of [redirect, dnat])
        t.test(
          `the ${family} rules of a real cluster are accepted by iptables-${kind} (${target.kind})`,
          { skip: without(`ip6tables-${kind}-save`) },
          async t => {
            const program = programOf({ kind, infix: `-${kind}` }, family, 'restore')
            for (const moment of moments) {
              const input = rulesAt(moment, family, target)
              const options = { input, timeout: seconds(10) }
              const { code, stderr } = await machine.run(program, ['--noflush', '--test'], options)
              t.equal(code, 0, stderr)
            }
          },
        )
})
