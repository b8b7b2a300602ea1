import t from 'tap'
import { labelSelector, matches } from '../../lib/model/label-selector.js'

t.test('a selector is read into requirements, which labels meet or do not', async t => {
  const wanted = labelSelector('app=web,tier notin (back, db),!beta')
  t.strictSame(wanted, [
    { key: 'app', operator: 'In', values: ['web'] },
    { key: 'tier', operator: 'NotIn', values: ['back', 'db'] },
    { key: 'beta', operator: 'DoesNotExist', values: [] },
  ])
  t.ok(matches(wanted, { app: 'web' }))
  t.notOk(matches(wanted, { app: 'web', tier: 'db' }))
  t.notOk(matches(wanted, { app: 'web', beta: '' }))
  t.ok(matches(labelSelector(' '), {}), 'an empty one is met by all')
})

t.test('what is no selector is refused, and named', async t => {
  t.throws(
    () => labelSelector('app=web,a b'),
    new RangeError('unable to parse requirement: found "a b", expected: a label selector'),
  )
})
