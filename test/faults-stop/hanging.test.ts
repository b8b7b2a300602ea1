import { once } from 'node:events'
import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { connectFromNode } from '../../examples/demo/request.js'
import { deploy } from '../cli/stage.js'
import { inNamespace } from '../namespace.js'
import { startStopStage, stopped } from './stage.js'

await inNamespace(import.meta.url, async () => {
  const it = await startStopStage('nft')
  const { iptables } = it

  t.test('a stop while iptables hangs is done in time, says what is left, and how to remove it', async t => {
    const portal = await it.serving()
    const reset = once(await connectFromNode(it.web), 'error')
    iptables.hang()
    t.equal(await stopped(portal), 'code 1')
    t.match(await reset, [{ code: 'ECONNRESET' }])
    const words = portal.words().join('\n')
    t.match(words, /cannot take the portals' rules out yet: IPv4: iptables-nft-restore did not end in time/)
    t.match(words, /stopped, but not all of ours could be taken out: iptables-nft-save did not end in time/)
    t.match(words, 'what to do: when that works again, `kube-portal cleanup`')
    t.ok(await it.isLeftBehind())
    t.ok(await it.cleanedUp())
  })

  t.test('a second request to stop ends the wait for an iptables that hangs, too', async t => {
    const portal = await it.serving(['--drain-timeout', '1h'])
    iptables.hang()
    const stopping = portal.stop()
    // What it looks for after a sync may hang as well: two requests that come as one are one.
    await portal.event('the first request', isOf('stopping'))
    await iptables.hangs()
    t.equal(await stopped(portal), 'code 1')
    await stopping
    t.ok(await it.cleanedUp())
  })

  t.test('after a takeover, too, the process that was started ends with the code of that', async t => {
    const portal = await it.serving()
    process.kill(portal.pid ?? 0, 'SIGHUP')
    await portal.event('a takeover', isOf('handed-over'))
    iptables.hang()
    t.equal(await stopped(portal), 'code 1')
    t.ok(await it.isLeftBehind())
    t.ok(await it.cleanedUp())
  })

  t.test('a stop while a sync waits for an iptables that hangs is done in time', async t => {
    const portal = await it.serving()
    iptables.hang('iptables-nft-restore*')
    deploy(it.cluster, 'more', 1)
    await iptables.hangs()
    t.equal(await stopped(portal), 'code 1')
    t.ok(await it.cleanedUp())
  })
})
