import t from 'tap'
import { inNamespace } from '../namespace.js'
import { startStage } from '../services/stage.js'
import { guardian, guardians, until } from './guardians.js'
import { lockHolder } from './lock-holder.js'
import { thisMachine } from './this-machine.js'

const undo = ['--on-crash', 'undo']

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft', { args: undo })
  const { node } = stage.clients
  const web = await stage.serve('web')
  const there = stage.clusterIp('web')
  // After an undo it may choose its local ports anew.
  const rules = async (): Promise<readonly string[]> =>
    (await thisMachine('nft'))
      .replaceAll(/\b14\d{3}\b/g, 'LOCAL')
      .split('\n')
      .sort()
  const serving = await rules()

  const onlyItsOwn = (): Promise<number> =>
    until('the guardian of the run before to end', () => guardians().length === 1)

  t.test('a run that is started before the guardian looks gets all that the one before left', async t => {
    const old = guardian()
    process.kill(old, 'SIGSTOP')
    await stage.crash()
    const found = await rules()
    stage.start(undo)
    await stage.synced()
    process.kill(old, 'SIGCONT')
    await onlyItsOwn()
    t.strictSame(await rules(), serving)
    t.strictSame(found, serving)
    t.equal(await node.tcp(there), web)
  })

  t.test('a run that is started while the guardian undoes waits for it, and then serves', async t => {
    await stage.crash()
    await until('the guardian to begin', async () => (await lockHolder()).endsWith('leaving'))
    stage.start(undo)
    await stage.synced()
    await onlyItsOwn()
    t.equal(await node.tcp(there), web)
    t.strictSame(await rules(), serving)
  })

  t.test('started again at once, time and again, it serves each time', async t => {
    for (let again = 0; again < 2; again += 1) {
      await stage.crash()
      stage.start(undo)
      await stage.synced()
      await onlyItsOwn()
      t.equal(await node.tcp(there), web)
    }
  })
})
