import t from 'tap'
import { tryBatches } from './batch.js'

t.test(
  'of 200 random connections at once, slow ones among them, each gets its own bytes and its own end',
  t => t.resolves(tryBatches(t, 3)),
)
