import t from 'tap'
import type { Controller } from '../../../lib/sandbox/controllers/controller.js'
import { keyOf } from '../../../lib/sandbox/controllers/controller.js'
import { runControllers } from '../../../lib/sandbox/controllers/run-controllers.js'
import { memoryObjects } from '../memory-objects.js'

/** Notes which pods it is to look at. */
const noting = (seen: string[]): Controller => ({
  dirtiedBy: ({ resource, object }) => (resource === 'pods' ? [keyOf(object.metadata)] : []),
  reconcile: key => seen.push(key),
})

const pod = (name: string) => ({ metadata: { name, namespace: 'shop' } }) as const

t.test('what was there before is looked at, and every change after', async t => {
  const objects = memoryObjects()
  objects.create('pods', pod('a'))
  const seen: string[] = []
  const running = runControllers(objects, [noting(seen)], { onTrouble: error => t.error(error) })
  await running.idle()
  objects.remove('pods', 'shop', 'a')
  await running.idle()
  t.strictSame(seen, ['shop/a', 'shop/a'])
})

t.test('many changes at one time are looked at once', async t => {
  const objects = memoryObjects()
  const seen: string[] = []
  const running = runControllers(objects, [noting(seen)], { onTrouble: error => t.error(error) })
  objects.create('pods', pod('a'))
  objects.update('pods', { ...pod('a'), spec: {} })
  objects.create('pods', pod('b'))
  await running.idle()
  t.strictSame(seen, ['shop/a', 'shop/b'])
})

t.test('trouble with one object does not keep the others waiting', async t => {
  const objects = memoryObjects()
  const seen: string[] = []
  const troubles: unknown[] = []
  const clumsy: Controller = {
    ...noting([]),
    reconcile: key => {
      if (key === 'shop/a') throw new Error('no')
      seen.push(key)
    },
  }
  const running = runControllers(objects, [clumsy], { onTrouble: error => troubles.push(error) })
  objects.create('pods', pod('a'))
  objects.create('pods', pod('b'))
  await running.idle()
  t.strictSame(seen, ['shop/b'])
  t.strictSame(troubles, [new Error('no')])
})

t.test('closed controllers look at nothing', async t => {
  const objects = memoryObjects()
  const seen: string[] = []
  const running = runControllers(objects, [noting(seen)], { onTrouble: error => t.error(error) })
  objects.create('pods', pod('a'))
  running.close()
  objects.create('pods', pod('b'))
  await running.idle()
  t.strictSame(seen, [])
})
