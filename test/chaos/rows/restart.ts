import t from 'tap'
import { isOf } from '../../../examples/demo/portal-process.js'
import { kubePortal } from '../../cli/command.js'
import { manyServices, saved } from '../../faults-restart/many-services.js'
import { inNamespace } from '../../namespace.js'
import { startStage } from '../../services/stage.js'
import { saw } from '../saw.js'

const rounds = 5

const text = (times: readonly number[]): string => times.map(each => `${Math.round(each)} ms`).join(', ')

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft')
  await stage.deploy('web')
  const portals = await manyServices(stage, 'web')

  t.test('kill -9, and a start', async t => {
    const took: number[] = []
    for (let round = 0; round < rounds; round++) {
      await saved(stage)
      await stage.crash()
      const began = performance.now()
      stage.start()
      await stage.portal.event('Services from before', isOf('resumed'))
      took.push(performance.now() - began)
      await stage.synced()
    }
    saw(t, {
      fault: `kill -9 with ${portals.length} Services, and a start`,
      promise: 'all are served from before within 2 s',
      seen: text(took),
      kept: took.every(each => each <= 2000),
    })
  })

  t.test('a second instance', async t => {
    const took: number[] = []
    const codes = new Set<number | null>()
    for (let round = 0; round < rounds; round++) {
      const began = performance.now()
      const { code } = await kubePortal(['run', '--master', 'http://127.0.0.1:1'])
      took.push(performance.now() - began)
      codes.add(code)
    }
    saw(t, {
      fault: 'a second instance',
      promise: 'refuses within a second',
      seen: `${text(took)}; code ${[...codes].join(', ')}`,
      kept: took.every(each => each <= 1000) && codes.size === 1 && codes.has(6),
    })
  })
})
