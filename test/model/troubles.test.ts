import t from 'tap'
import { Troubles } from '../../lib/model/troubles.js'

t.test('a failure is told once for as long as its reason stays, and again when it comes back', async t => {
  const told: string[] = []
  const troubles = new Troubles(reason => told.push(reason))
  const failing = (reason: string) => () => Promise.reject(new Error(reason))
  await troubles.with(failing('locked'))
  await troubles.with(failing('locked'))
  t.strictSame(told, ['locked'])
  await troubles.with(failing('gone'))
  t.strictSame(told, ['locked', 'gone'])
  await troubles.with(() => Promise.resolve())
  await troubles.with(failing('gone'))
  t.strictSame(told, ['locked', 'gone', 'gone'])
})
