import t from 'tap'
import type { Host } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { checkPrivileges } from '../../lib/host/privileges.js'

const hostWhose = (status: string | undefined): Host => ({
  ...machine,
  readFile: () => Promise.resolve(status),
})

const check = (status: string | undefined): Promise<void> =>
  checkPrivileges(hostWhose(status), 'run it with sudo')

t.test('root has every right', async t => {
  await t.resolves(check('Name:\tnode\nCapEff:\t000001ffffffffff\n'))
})

t.test('an ordinary user is told which capabilities are missing', async t => {
  await t.rejects(check('CapEff:\t0000000000000000\n'), {
    code: 'missing',
    message: 'no right to write rules: CAP_NET_ADMIN and CAP_NET_RAW missing',
    cure: 'run it with sudo',
  })
})

t.test('the two capabilities are enough', async t => {
  await t.resolves(check('CapEff:\t0000000000003000\n'))
  await t.rejects(check('CapEff:\t0000000000001000\n'), {
    message: /: CAP_NET_RAW missing/,
  })
})

t.test('where the system does not tell, nobody is turned away', async t => {
  await t.resolves(check(undefined))
})
