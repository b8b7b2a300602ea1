import t from 'tap'
import { Budget } from '../../lib/stream/budget.js'
import { ReadBuffer } from '../../lib/stream/read-buffer.js'

const much = 1 << 26

t.test('bulk gets 256 KB of its own, and little traffic gives them back', t => {
  const budget = new Budget(much)
  const buffer = new ReadBuffer(budget)
  t.equal(buffer.current.length, 16_384)
  buffer.growAfter(16_383)
  t.equal(budget.left, much, 'a read that does not fill the buffer is not bulk')
  buffer.growAfter(16_384)
  t.equal(buffer.current.length, 262_144)
  t.equal(budget.left, much - 262_144)
  buffer.shrinkAfter(200_000)
  t.equal(buffer.current.length, 262_144)
  buffer.shrinkAfter(100)
  t.equal(buffer.current.length, 16_384)
  t.equal(budget.left, much)
  t.end()
})

t.test('without memory, bulk goes on with 16 KB', t => {
  const buffer = new ReadBuffer(new Budget(262_143))
  buffer.growAfter(16_384)
  t.equal(buffer.current.length, 16_384)
  t.end()
})

t.test('what was read from the shared buffer stays as it is when others read', t => {
  const [one, other] = [new ReadBuffer(new Budget(0)), new ReadBuffer(new Budget(0))]
  one.current.set([1, 2, 3])
  const taken = one.taken(3)
  other.current.set([7, 8, 9])
  t.strictSame([...taken], [1, 2, 3])
  t.end()
})

t.test('memory is given back once, whoever says it is over', t => {
  const budget = new Budget(much)
  const buffer = new ReadBuffer(budget)
  buffer.growAfter(16_384)
  buffer.release()
  buffer.release()
  t.equal(budget.left, much)
  t.end()
})
