import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { exchange } from '../cli/stage.js'
import { inNamespace } from '../namespace.js'
import { startStage } from '../services/stage.js'
import { isAlive, reload } from './reload.js'

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft')
  const { node } = stage.clients
  const [web] = await stage.deploy('web')
  stage.expose('web', {
    type: 'NodePort',
    ports: [
      { name: 'tcp', port: 80, targetPort: 8080 },
      { name: 'udp', port: 80, targetPort: 8080, protocol: 'UDP' },
    ],
  })

  /** Where its clients are met. */
  const place = (capture: string): Endpoint => {
    if (capture !== 'none') return stage.clusterIp('web')
    const { port } = stage.portal.events().findLast(isOf('listening', 'default/web:tcp/TCP')) ?? {}
    if (port === undefined) throw new Error('nobody listens')
    return { address: ipAddress('127.0.0.1'), port }
  }

  for (const capture of ['dnat', 'bind', 'none'])
    t.test(`a new process takes over with --capture ${capture}, too`, async t => {
      await stage.restart(['--capture', capture])
      const there = place(capture)
      const open = await node.connect(there)
      const from = await reload(stage)
      t.equal(await node.tcp(there), web)
      if (capture !== 'none') t.equal(await node.udp(there), web)
      t.equal(String(await exchange(open, 'hostname')).trim(), web)
      const events = stage.portal.events(from)
      t.strictSame(events.filter(isOf('listen-failed')), [])
      t.strictSame(events.filter(isOf('portal-failed')), [])
    })

  t.test('when the one that serves crashes, all end, with its code', async t => {
    await stage.restart([])
    await reload(stage)
    const { pid = 0 } = stage.portal.events().findLast(isOf('successor-started')) ?? {}
    t.ok(await isAlive(pid))
    process.kill(pid, 'SIGKILL')
    t.equal(await stage.portal.exit(), 70)
    t.equal(await node.tcp(stage.clusterIp('web')), 'ECONNREFUSED')
    stage.start()
    await stage.synced()
    t.equal(await node.tcp(stage.clusterIp('web')), web)
  })

  t.test('a new process that is killed before it serves changes nothing', async t => {
    const from = stage.portal.now()
    process.kill(stage.portal.pid ?? 0, 'SIGHUP')
    const { pid = 0 } = await stage.portal.event('a start', isOf('successor-started'), from)
    process.kill(pid, 'SIGKILL')
    await stage.portal.event('a failure', isOf('successor-failed'), from)
    t.equal(await node.tcp(stage.clusterIp('web')), web)
    t.equal(await node.udp(stage.clusterIp('web')), web)
    await reload(stage)
    t.equal(await node.tcp(stage.clusterIp('web')), web, 'and the next one takes over')
  })
})
