import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { type EventOf, isOf } from '../../examples/demo/portal-process.js'
import { inNamespace } from '../namespace.js'
import { startStage } from '../services/stage.js'
import { disk, remount, stateIn } from './disks.js'
import { tables } from './tables.js'

/** Nobody listens there. */
const serverIsAway = ['--master', 'https://127.0.0.1:9']

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft')
  const { node } = stage.clients
  const web = await stage.serve('web')
  const there = stage.clusterIp('web')

  const notSaved = (): readonly EventOf<'state-not-saved'>[] =>
    stage.portal.events().filter(isOf('state-not-saved'))

  const serves = async (): Promise<boolean> => (await node.tcp(there)) === web

  t.test(
    'a folder that may not be written is said once, with a cure, and all Services are served',
    async t => {
      const folder = await disk('read-only', 'ro')
      await stage.restart(stateIn(folder))
      stage.expose('more', { selector: { app: 'web' } })
      await stage.synced()
      t.equal(await node.tcp(stage.clusterIp('more')), web)
      t.match(notSaved(), [{ path: `${folder}/state.json`, reason: /^EROFS/ }])
      const said = stage.portal.words().filter(each => each.includes('cannot save'))
      t.match(said, [/all else works.*what to do: make room, or give another folder with --state-dir/])
      t.equal(said.length, 1)
      await remount(folder, 'rw')
      await stage.portal.event('it to be well again', isOf('state-saved-again'))
      t.strictSame(readdirSync(folder).sort(), ['snapshot.jsonl', 'state.json'])
      const rules = await tables('nft')
      await stage.crash()
      stage.start(['--state-dir', folder, ...serverIsAway])
      await stage.portal.event('Services from before', isOf('resumed'))
      t.ok(await serves())
      t.equal(await tables('nft'), rules)
    },
  )

  t.test('a file where the folder should be is left alone, said, and all is served', async t => {
    const file = '/run/file'
    writeFileSync(file, 'mine')
    await stage.restart(stateIn(file))
    t.ok(await serves())
    t.match(notSaved(), [{ reason: /^ENOTDIR|^EEXIST/ }])
    t.notOk(stage.portal.events().some(isOf('state-damaged')), 'nothing there is damaged')
    t.equal(await stage.portal.stop(), 0)
    t.equal(readFileSync(file, 'utf8'), 'mine')
  })
})
