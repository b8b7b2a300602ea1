import { createServer } from 'node:net'
import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { inNamespace } from '../namespace.js'
import { startStopStage, stopped } from './stage.js'

await inNamespace(import.meta.url, async () => {
  const it = await startStopStage('nft')
  const { iptables } = it

  t.test('a stop while it looks for rules from before is done in time, and takes them out', async t => {
    const first = await it.serving()
    await first.event('what is served to be saved', isOf('snapshot-saved'))
    await first.kill()
    // Before that, it looks at IPv4, and at single tables.
    iptables.hang('"ip6tables-nft-save "')
    const second = it.start()
    await iptables.hangs()
    iptables.mend()
    t.equal(await stopped(second), 'code 0')
    t.notOk(await it.isLeftBehind())
  })

  t.test('a stop while it asks an API server that says nothing is done in time', async t => {
    const asked = new Promise<void>(resolve => {
      const silent = createServer(socket => {
        socket.on('data', () => resolve()).on('error', () => undefined)
      }).listen(7599, '127.0.0.1')
      t.teardown(() => silent.close())
    })
    const portal = it.start(['--master', 'http://127.0.0.1:7599'])
    await asked
    t.equal(await stopped(portal), 'code 0')
  })
})
