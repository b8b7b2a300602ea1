import t from 'tap'
import { chooseBackend } from '../../lib/capture/choose-backend.js'
import { cleanup, type CleanupOptions } from '../../lib/capture/cleanup.js'
import type { Host, Output } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { inNamespace } from '../namespace.js'
import { run, runAll, without } from './commands.js'

/** This machine, but with only some of its iptables programs; `plain` is what they are called. */
const machineWith = (plain: 'nft' | 'legacy' | undefined, ...others: readonly string[]): Host => ({
  ...machine,
  run: async (program, args, options): Promise<Output> => {
    if (plain && /^ip6?tables(-save|-restore)?$/.test(program))
      return machine.run(program.replace('tables', `tables-${plain}`), args, options)
    if (others.some(kind => program.includes(kind))) return machine.run(program, args, options)
    throw Object.assign(new Error(`spawn ${program} ENOENT`), { code: 'ENOENT' })
  },
})
const both = machineWith('nft', 'nft', 'legacy')
const on = (host: Host): CleanupOptions => ({ host, addresses: () => [], report: () => undefined })

t.test('without iptables something is missing', async t => {
  await t.rejects(chooseBackend(machineWith(undefined)), { code: 'missing' })
  t.strictSame(await cleanup(on(machineWith(undefined))), [])
})

await inNamespace(import.meta.url, () => {
  const skip = without('iptables-legacy-save')
  if (skip) {
    t.pass('both kinds of iptables', { skip })
    return
  }
  t.afterEach(() => {
    for (const kind of ['nft', 'legacy'])
      runAll(`
        iptables-${kind} -F
        iptables-${kind} -X
        iptables-${kind} -t nat -F
        iptables-${kind} -t nat -X
      `)
  })

  t.test('looking at legacy does not load its tables', async t => {
    await chooseBackend(both)
    t.equal(await machine.readFile('/proc/net/ip_tables_names'), '')
  })

  t.test('where nobody has rules, it is what plain iptables is', async t => {
    t.strictSame(await chooseBackend(both), { backend: { kind: 'nft', infix: '-nft' } })
    t.strictSame(await chooseBackend(machineWith('legacy', 'nft', 'legacy')), {
      backend: { kind: 'legacy', infix: '-legacy' },
    })
  })

  t.test('where only plain iptables is installed, it is used by that name', async t => {
    t.strictSame(await chooseBackend(machineWith('legacy')), { backend: { kind: 'legacy', infix: '' } })
  })

  t.test('it is the one that has rules already', async t => {
    run('iptables-legacy', '-A', 'INPUT', '-j', 'ACCEPT')
    t.strictSame(await chooseBackend(both), { backend: { kind: 'legacy', infix: '-legacy' } })
  })

  t.test(
    "kubelet's and Docker's rules count more than others, and two kinds of rules are warned of",
    async t => {
      run('iptables-nft', '-A', 'INPUT', '-j', 'ACCEPT')
      run('iptables-legacy', '-t', 'nat', '-N', 'DOCKER')
      t.strictSame(await chooseBackend(both), {
        backend: { kind: 'legacy', infix: '-legacy' },
        warning: 'both kinds of iptables hold rules, legacy is used: move all to one kind',
      })
    },
  )

  t.test('the user may decide, where it is installed', async t => {
    run('iptables-legacy', '-A', 'INPUT', '-j', 'ACCEPT')
    t.strictSame(await chooseBackend(both, 'nft'), { backend: { kind: 'nft', infix: '-nft' } })
    await t.rejects(chooseBackend(machineWith('nft'), 'legacy'), { code: 'missing' })
  })

  t.test('cleaning up removes what is left in both, in both families', async t => {
    for (const kind of ['iptables-nft', 'ip6tables-legacy'])
      runAll(`
        ${kind} -t nat -N KUBE-NODEPORT-HOST
        ${kind} -t nat -A OUTPUT -j KUBE-NODEPORT-HOST
        ${kind} -t nat -A OUTPUT -j KUBE-NODEPORT-HOST
      `)
    const removed = (where: string): string[] => [
      `${where} nat: the jump from OUTPUT to KUBE-NODEPORT-HOST`,
      `${where} nat: the jump from OUTPUT to KUBE-NODEPORT-HOST`,
      `${where} nat: KUBE-NODEPORT-HOST with 0 rules`,
    ]
    t.strictSame(await cleanup(on(both)), [...removed('IPv4 nft'), ...removed('IPv6 legacy')])
    t.strictSame(await cleanup(on(both)), [])
  })
})
