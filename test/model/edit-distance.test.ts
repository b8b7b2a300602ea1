import t from 'tap'
import { editDistance } from '../../lib/model/edit-distance.js'

t.test('letters that are put in, left out or changed count one each', async t => {
  t.equal(editDistance('web', 'web'), 0)
  t.equal(editDistance('web', 'webb'), 1)
  t.equal(editDistance('web', 'wb'), 1)
  t.equal(editDistance('web', 'wet'), 1)
  t.equal(editDistance('syncPriod', 'syncPeriod'), 1)
  t.equal(editDistance('', 'cart'), 4)
  t.equal(editDistance('cart', ''), 4)
})
