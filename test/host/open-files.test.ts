import t from 'tap'
import type { Host } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { checkOpenFiles, openFileLimit } from '../../lib/host/open-files.js'

const limits = `Limit                     Soft Limit           Hard Limit           Units
Max processes             7823                 7823                 processes
Max open files            20000                524288               files
Max locked memory         8388608              8388608              bytes
`

const saying = (text: string | undefined): Host => ({ ...machine, readFile: () => Promise.resolve(text) })

t.test('the limit is the one in force, not the one that may be asked for', async t => {
  t.equal(await openFileLimit(saying(limits)), 20_000)
})

t.test('a system that does not tell, or sets none, has no limit', async t => {
  t.equal(await openFileLimit(saying(undefined)), Infinity)
  t.equal(await openFileLimit(saying(limits.replace('20000 ', 'unlimited'))), Infinity)
})

t.test('this system tells', async t => {
  t.ok((await openFileLimit(machine)) > 100)
})

t.test('a limit that is too low to begin with is said, and what to do', async t => {
  await checkOpenFiles(saying(limits))
  await t.rejects(checkOpenFiles(saying(limits.replace('20000', '1000 '))), {
    code: 'missing',
    message: 'no more than 1000 files may be open here, and it takes 1024',
    cure: /ulimit -n/,
  })
})
