import { readdirSync, readFileSync, statSync } from 'node:fs'
import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { inNamespace } from '../namespace.js'
import { startStage } from '../services/stage.js'
import { disk, remount, stateIn } from './disks.js'

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft')
  const { node } = stage.clients
  const web = await stage.serve('web')

  t.test('on a full disk the last whole files stay, and are written anew when there is room', async t => {
    const folder = await disk('full', 'size=32k')
    await stage.restart(stateIn(folder))
    await stage.portal.event('a snapshot', isOf('snapshot-saved'))
    const path = `${folder}/snapshot.jsonl`
    const before = readFileSync(path, 'utf8')
    for (let index = 0; index < 150; index += 1) stage.expose(`s${index}`, { selector: { app: 'web' } })
    await stage.synced()
    await stage.portal.event('no room', isOf('state-not-saved'))
    t.equal(await node.tcp(stage.clusterIp('s149')), web)
    t.match(stage.portal.events().filter(isOf('state-not-saved')), [{ path, reason: /^ENOSPC/ }])
    t.equal(readFileSync(path, 'utf8'), before)
    t.strictSame(readdirSync(folder).sort(), ['snapshot.jsonl', 'state.json'])
    await remount(folder, 'size=4m')
    await stage.portal.event('it to be well again', isOf('state-saved-again'))
    t.ok(statSync(path).size > 32 * 1024, 'it had no room before')
    t.equal(stage.portal.events().filter(isOf('state-not-saved')).length, 1)
  })
})
