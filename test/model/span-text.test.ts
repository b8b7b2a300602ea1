import t from 'tap'
import { shortened } from '../../lib/model/shortened.js'
import { spanText } from '../../lib/model/span-text.js'

t.test('a span is written as kubectl writes it', async t => {
  const texts = [0, 119, 120, 200, 600, 10_800, 30_000, 200_000, 8 * 86_400].map(spanText)
  t.strictSame(texts, ['0s', '119s', '2m', '3m20s', '10m', '3h', '8h', '2d7h', '8d'])
})

t.test('of many texts the first are shown, and how many more there are', async t => {
  t.equal(shortened(['a', 'b', 'c'], 3), 'a,b,c')
  t.equal(shortened(['a', 'b', 'c', 'd'], 3), 'a,b,c + 1 more...')
  t.equal(shortened([], 3), '<none>')
})
