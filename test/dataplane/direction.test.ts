import t from 'tap'
import { Direction } from '../../lib/dataplane/direction.js'
import { seconds } from '../../lib/model/milliseconds.js'
import type { ByteStream } from '../../lib/stream/byte-stream.js'

/** A stream whose peer has taken all but `left.unsent` of what was written last. */
const stream = (left: { unsent: number }): ByteStream => ({
  readTo: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
  end: () => undefined,
  reset: () => undefined,
  write: bytes => {
    left.unsent = bytes.length
    return false
  },
  get unsent() {
    return left.unsent
  },
})

t.test('a peer that takes little at a time is not quiet', async t => {
  const left = { unsent: 0 }
  const direction = new Direction(stream({ unsent: 0 }), stream(left), seconds(0))
  direction.pass(Buffer.alloc(1000))
  t.equal(direction.quietFor(seconds(10)), 10_000, 'it has taken nothing')
  left.unsent = 999
  t.equal(direction.quietFor(seconds(20)), 0, 'it has taken one')
  t.equal(direction.quietFor(seconds(50)), 30_000)
  left.unsent = 0
  direction.goOn()
  t.equal(direction.quietFor(seconds(60)), 0, 'and now the rest')
  t.equal(direction.bytes, 1000)
})
