import fc from 'fast-check'
import t from 'tap'
import { FamilyTables } from '../../lib/capture/family-tables.js'
import { removeText, restoreText } from '../../lib/capture/restore-text.js'
import { rulesFor } from '../../lib/capture/rules.js'
import { nothing } from '../../lib/capture/ruleset.js'
import { dnat, redirect } from '../../lib/capture/target.js'
import { machine } from '../../lib/host/machine.js'
import { inNamespace } from '../namespace.js'
import { anyWanted, families } from './any-wanted.js'
import { without } from './commands.js'

const runs = { numRuns: Number(process.env.CASES ?? 8) }

await inNamespace(import.meta.url, () => {
  for (const kind of ['nft', 'legacy'] as const)
    for (const family of families) {
      const tables = new FamilyTables({
        ...{ host: machine, family, backend: { kind, infix: `-${kind}` } },
        report: () => undefined,
      })
      const title = `whatever portals there are, the kernel takes their rules, and they are read as they were written`
      t.test(`${title} (${kind}, ${family})`, { skip: without(`ip6tables-${kind}-save`) }, async t => {
        const property = fc.asyncProperty(
          anyWanted,
          anyWanted,
          fc.constantFrom(redirect, dnat),
          async (before, after, target) => {
            const first = rulesFor(before, family, target)
            await tables.write(restoreText(nothing, first), first)
            const rules = rulesFor(after, family, target)
            t.equal(restoreText(await tables.read(), first), '')
            await tables.write(restoreText(await tables.read(), rules), rules)
            const current = await tables.read()
            t.equal(restoreText(current, rules), '')
            await tables.write(removeText(current), nothing)
            const { nat, filter } = await tables.read()
            t.equal(
              nat.chains.size + nat.references.length + filter.chains.size + filter.references.length,
              0,
            )
          },
        )
        await fc.assert(property, runs)
      })
    }
})
