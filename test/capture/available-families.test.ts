import t from 'tap'
import { availableFamilies } from '../../lib/capture/available-families.js'
import type { Host } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { inNamespace } from '../namespace.js'
import { run, without } from './commands.js'

const nft = { kind: 'nft', infix: '-nft' } as const

/** This machine, with `answer` for the programs of IPv6. */
const withIp6tables = (answer: Host['run']): Host => ({
  ...machine,
  run: (program, args, options) =>
    program.startsWith('ip6') ? answer(program, args, options) : machine.run(program, args, options),
})

await inNamespace(import.meta.url, () => {
  for (const kind of ['nft', 'legacy'] as const)
    t.test(`both families work here (${kind})`, { skip: without(`ip6tables-${kind}-save`) }, async t => {
      const before = run(`ip6tables-nft-save`)
      t.strictSame(await availableFamilies(machine, { kind, infix: `-${kind}` }), {
        families: ['IPv4', 'IPv6'],
        unavailable: [],
      })
      t.equal(run(`ip6tables-nft-save`), before)
    })

  t.test('without ip6tables, IPv4 works alone, and the reason is said', async t => {
    const host = withIp6tables(program =>
      Promise.reject(Object.assign(new Error(`spawn ${program} ENOENT`), { code: 'ENOENT' })),
    )
    t.strictSame(await availableFamilies(host, nft), {
      families: ['IPv4'],
      unavailable: [{ family: 'IPv6', reason: 'there is no program ip6tables-nft-save here' }],
    })
  })

  t.test('a kernel that refuses IPv6 rules is believed', async t => {
    const stderr = "ip6tables-legacy-save v1.8.9 (legacy): can't initialize ip6tables table `nat': no IPv6\n"
    const host = withIp6tables(() => Promise.resolve({ code: 3, stdout: '', stderr }))
    t.match(await availableFamilies(host, nft), {
      families: ['IPv4'],
      unavailable: [{ family: 'IPv6', reason: /can't initialize ip6tables table/ }],
    })
  })

  t.test('what only fails now counts as there', async t => {
    const locked = withIp6tables(() =>
      Promise.resolve({ code: 4, stdout: '', stderr: 'Another app is currently holding the xtables lock.' }),
    )
    const killed = withIp6tables(() => Promise.resolve({ code: 137, stdout: '', stderr: '' }))
    const hanging = withIp6tables(() =>
      Promise.reject(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })),
    )
    for (const host of [locked, killed, hanging])
      t.match(await availableFamilies(host, nft), { families: ['IPv4', 'IPv6'] })
  })

  t.test('where IPv6 is switched off, it is not used', async t => {
    run('ip', '-6', 'address', 'flush', 'dev', 'lo')
    t.match(await availableFamilies(machine, nft), {
      families: ['IPv4'],
      unavailable: [{ family: 'IPv6', reason: /switched off/ }],
    })
  })
})
