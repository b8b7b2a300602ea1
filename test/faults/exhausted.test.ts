import { once } from 'node:events'
import t from 'tap'
import { isOf, PortalProcess } from '../../examples/demo/portal-process.js'
import { machine } from '../../lib/host/machine.js'
import { openFileLimit } from '../../lib/host/open-files.js'
import { succeed } from '../../lib/sandbox/network/command.js'
import { exchange } from '../cli/stage.js'
import { inNamespace, needing } from '../namespace.js'
import { kubeconfig, startStage } from '../services/stage.js'
import { rulesNow } from '../services/tables.js'
import { importing } from './importing.js'

const needsPrlimit = await needing('prlimit', '--version')

/** Makes objects when it is told to, until there is no memory for them. */
const greedy = `process.on('SIGUSR2', () => { const kept = []; for (;;) kept.push(new Array(10_000).fill(0.5)) })`

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft')
  const { node } = stage.clients
  const web = await stage.serve('web')
  const there = stage.clusterIp('web')
  const allowFiles = (count: number): Promise<void> =>
    succeed(machine, ['prlimit', '--pid', String(stage.portal.pid), `--nofile=${count}:`])

  t.test(
    'without one more open file no rule is lost, connections go on, and it is said; with more all is well',
    needsPrlimit,
    async t => {
      const open = await node.connect(there)
      open.write('hello')
      t.equal(String((await once(open, 'data'))[0]), 'hello')
      const rules = await rulesNow('nft', 'IPv4')
      const before = await openFileLimit(machine)
      await allowFiles(16)
      const from = stage.portal.now()
      stage.expose('late', { selector: { app: 'web' } })
      const { reason } = await stage.portal.event('a failure', isOf('sync-failed'), from)
      t.match(reason, /too few files may be open/)
      t.strictSame(await rulesNow('nft', 'IPv4'), rules)
      open.write('still there')
      t.equal(String((await once(open, 'data'))[0]), 'still there')
      await allowFiles(before)
      await stage.synced()
      t.equal(await node.tcp(stage.clusterIp('late')), web)
      t.equal(String(await exchange(open, 'bye')), 'bye')
      t.equal(await node.tcp(there), web)
    },
  )

  t.test(
    'without memory it ends, so that it is started again, and clients are refused until then',
    async t => {
      await stage.portal.stop()
      const args = ['--kubeconfig', kubeconfig, '--iptables-backend', 'nft']
      const portal = new PortalProcess(args, importing(greedy, '--max-old-space-size=64'))
      await portal.event('a snapshot', isOf('snapshot-saved'))
      const rules = await rulesNow('nft', 'IPv4')
      process.kill(portal.pid ?? 0, 'SIGUSR2')
      await t.rejects(portal.event('an end in order', isOf('stopped')), {
        message: /^kube-portal ended before/,
      })
      t.strictSame(await rulesNow('nft', 'IPv4'), rules)
      t.equal(await node.tcp(there), 'ECONNREFUSED')
      stage.start()
      await stage.portal.event('Services from before', isOf('resumed'))
      t.equal(await node.tcp(there), web)
    },
  )
})
