import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { run } from '../capture/commands.js'
import { exchange } from '../cli/stage.js'
import { inNamespace } from '../namespace.js'
import { startStage } from '../services/stage.js'

/** What of a capture somebody takes away. */
const taken: Readonly<Record<string, (clusterIp: string) => void>> = {
  dnat: () => void run('ip', 'address', 'delete', '169.254.77.1/32', 'dev', 'lo'),
  bind: clusterIp => void run('ip', 'route', 'delete', 'local', clusterIp, 'dev', 'lo', 'table', 'local'),
}

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft', { args: ['--capture', 'dnat'] })
  const { node } = stage.clients
  const [web = ''] = await stage.deploy('web')
  stage.expose('web')
  const there = stage.clusterIp('web')
  for (const [mode, take] of Object.entries(taken))
    t.test(`what --capture ${mode} needs on lo is back within 10 s, and connections live on`, async t => {
      if (mode === 'dnat') await stage.synced()
      else await stage.restart(['--capture', mode])
      t.equal(await node.tcp(there), web)
      const open = await node.connect(there)
      const { portal } = stage
      const from = portal.now()
      const began = performance.now()
      take(there.address)
      const { missing } = await portal.event('a repair', isOf('addresses-repaired'), from)
      t.ok(performance.now() - began < 10_000)
      t.equal(missing, 1)
      t.equal(await node.tcp(there), web)
      t.equal(String(await exchange(open, 'hostname')).trim(), web)
    })
})
