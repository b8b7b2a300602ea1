import t from 'tap'
import { holdInstanceLock } from '../../lib/control/instance-lock.js'
import { inNamespace } from '../namespace.js'

await inNamespace(import.meta.url, () => {
  t.test('a second instance is refused, and told which process has the lock', async t => {
    const lock = await holdInstanceLock(4711)
    await t.rejects(holdInstanceLock(4712), {
      code: 'another-instance',
      message: 'kube-portal already runs here (process 4711)',
      cure: 'stop it first: kill 4711; nothing was touched',
    })
    await lock.close()
  })

  t.test('a lock that was given back can be taken', async t => {
    const first = await holdInstanceLock(1)
    await first.close()
    await first.close()
    const second = await holdInstanceLock(2)
    await second.close()
    t.pass('and given back twice')
  })
})
