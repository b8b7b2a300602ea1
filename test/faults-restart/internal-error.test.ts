import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { guardians, noGuardian } from '../faults-guardian/guardians.js'
import { pidOf } from '../faults-guardian/pid-of.js'
import { inNamespace } from '../namespace.js'
import { startStage } from '../services/stage.js'
import { saved } from './many-services.js'
import { tables } from './tables.js'

const serverIsAway = ['--master', 'https://127.0.0.1:9']

// Not through a door that the product would have for it: a module that Node loads before it.
const faults = `
  process.on('SIGUSR2', () => { throw new TypeError('a fault') })
  process.on('SIGPWR', () => void Promise.reject(new RangeError('another fault')))`

await inNamespace(import.meta.url, async () => {
  process.env.NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(faults)}`
  const stage = await startStage('nft')
  const { node } = stage.clients
  const web = await stage.serve('web')
  const there = stage.clusterIp('web')

  /** Ends it by a fault of its own, which `said` is what it said about. */
  const fault = async (t: Test, signal: NodeJS.Signals, said: string): Promise<void> => {
    process.kill(pidOf(stage.portal), signal)
    const { error } = await stage.portal.event('the fault to be said', isOf('crashed'))
    t.match(error, new RegExp(`^${said}\\n {4}at `))
    t.equal(await stage.portal.stop(), 70)
    t.equal(stage.portal.words().filter(word => word.includes('internal error: ')).length, 1, 'said once')
  }

  t.test('an error that nobody caught is said with its stack, ends it with 70, and rules stay', async t => {
    await saved(stage)
    const rules = await tables('nft')
    await fault(t, 'SIGUSR2', 'TypeError: a fault')
    t.equal(await tables('nft'), rules)
    t.equal(await node.tcp(there), 'ECONNREFUSED')
  })

  t.test('the next start says so, and serves from before', async t => {
    stage.start(serverIsAway)
    const { type, since, at, ...before } = await stage.portal.event('what was', isOf('crashed-before'))
    t.strictSame([type, before], ['crashed-before', { times: 1, error: 'a fault' }])
    t.strictSame([at, new Date(since).toISOString()], [since, since])
    await stage.portal.event('Services from before', isOf('resumed'))
    t.equal(await node.tcp(there), web)
  })

  t.test('a promise that nobody waited for is such an error, and counted', async t => {
    await fault(t, 'SIGPWR', 'RangeError: another fault')
    stage.start()
    const { times, error } = await stage.portal.event('what was', isOf('crashed-before'))
    t.strictSame([times, error], [2, 'another fault'])
    await stage.synced()
    t.equal(await node.tcp(there), web)
  })

  t.test('a guardian undoes what an error of ours leaves, the count included', async t => {
    await stage.portal.stop()
    const before = await tables('nft')
    await stage.restart(['--on-crash', 'undo'])
    t.equal(guardians().length, 1)
    await fault(t, 'SIGUSR2', 'TypeError: a fault')
    await noGuardian()
    t.equal(await tables('nft'), before)
    t.throws(() => readFileSync('/run/kube-portal/crashes.json'), { code: 'ENOENT' })
  })
})
