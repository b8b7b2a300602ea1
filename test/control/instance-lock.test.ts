import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import t from 'tap'
import { holdInstanceLock } from '../../lib/control/instance-lock.js'
import { inNamespace } from '../namespace.js'

await inNamespace(import.meta.url, () => {
  t.test(
    'a second instance is refused, and told which process has the lock and which cluster it serves',
    async t => {
      const lock = await holdInstanceLock(4711)
      await t.rejects(holdInstanceLock(4712), {
        code: 'another-instance',
        message: 'kube-portal already runs here (process 4711)',
        cure: 'stop it first: kill 4711; nothing was touched',
      })
      lock.serves('kind dev')
      await t.rejects(holdInstanceLock(4712, { beside: 'run it beside it' }), {
        message: 'kube-portal already runs here (process 4711, context kind dev)',
        cure: 'stop it first: kill 4711, or run it beside it; nothing was touched',
      })
      await lock.close()
    },
  )

  t.test('whoever asks for the holder and stays does not keep the lock from being given back', async t => {
    const lock = await holdInstanceLock(1)
    const stays = connect({ path: '\0kube-portal', allowHalfOpen: true })
    t.equal(String(await once(stays, 'data')), '1 staying\n')
    await lock.close()
    stays.destroy()
  })

  t.test('whoever comes while the holder is leaving waits for the lock, and gets it', async t => {
    const leaving = await holdInstanceLock(1, { stay: 'leaving' })
    let isFree = false
    const next = holdInstanceLock(2).then(lock => ({ lock, wasFree: isFree }))
    const asks = connect({ path: '\0kube-portal' })
    t.equal(String(await once(asks, 'data')), '1 leaving\n')
    isFree = true
    await leaving.close()
    const { lock, wasFree } = await next
    t.ok(wasFree)
    await t.rejects(holdInstanceLock(3), { message: 'kube-portal already runs here (process 2)' })
    await lock.close()
  })

  t.test('whoever asks a holder that lets go before it says a word gets the lock', async t => {
    const leaving = createServer().listen({ path: '\0kube-portal' })
    await once(leaving, 'listening')
    leaving.once('connection', socket => {
      leaving.close()
      socket.destroy()
    })
    const lock = await holdInstanceLock(2)
    await t.rejects(holdInstanceLock(3), { message: 'kube-portal already runs here (process 2)' })
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
