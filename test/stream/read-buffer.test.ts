import t from 'tap'
import { Budget } from '../../lib/stream/budget.js'
import { ReadBuffer } from '../../lib/stream/read-buffer.js'

const much = 1 << 26

t.test('bulk gets 256 KB of its own, and little traffic gives them back', t => {
  const budget = new Budget(much)
  const buffer = new ReadBuffer(budget)
  t.equal(buffer.current.length, 16_384)
  for (const size of [16_384, 16_383, 16_384]) buffer.growAfter(size)
  t.equal(budget.left, much, 'one read that fills the buffer is not bulk')
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
  buffer.growAfter(16_384)
  t.equal(buffer.current.length, 16_384)
  t.end()
})

t.test('what is kept stays as it is, whoever reads and writes then', t => {
  for (const size of [3, 10_000]) {
    const [one, other] = [new ReadBuffer(new Budget(0)), new ReadBuffer(new Budget(0))]
    one.current.fill(1, 0, size)
    const taken = one.taken(size)
    one.keep()
    other.current.fill(7, 0, size)
    const second = other.taken(size)
    other.current.fill(9, 0, size)
    t.strictSame(new Set(taken), new Set([1]))
    t.strictSame(new Set(second), new Set([7]), 'reading alone does not touch it')
  }
  t.end()
})

t.test('what was taken has as many bytes as were read, one read after another', t => {
  const buffer = new ReadBuffer(new Budget(0))
  for (const size of [1, 2, 1, 2048, 2049, 16_384, 1]) {
    buffer.current.fill(size % 256, 0, size)
    const taken = buffer.taken(size)
    t.equal(taken.length, size)
    t.strictSame(new Set(taken), new Set([size % 256]))
  }
  t.end()
})

t.test('memory is given back once, whoever says it is over', t => {
  const budget = new Budget(much)
  const buffer = new ReadBuffer(budget)
  buffer.growAfter(16_384)
  buffer.growAfter(16_384)
  t.equal(budget.left, much - 262_144)
  buffer.release()
  buffer.release()
  t.equal(budget.left, much)
  t.end()
})
