import t from 'tap'
import { duration, goDuration } from '../../lib/model/duration.js'
import { milliseconds } from '../../lib/model/milliseconds.js'

t.test('a span of time is written as Go writes it, and reads as what it was', async t => {
  const spans = {
    0: '0s',
    0.000001: '1ns',
    0.25: '250µs',
    1.5: '1.5ms',
    250: '250ms',
    1500: '1.5s',
    60_000: '1m0s',
    90_500: '1m30.5s',
    3_600_000: '1h0m0s',
    90_061_000: '25h1m1s',
  }
  for (const [span, text] of Object.entries(spans)) {
    t.equal(goDuration(milliseconds(Number(span))), text)
    t.ok(Math.abs(duration(text) - Number(span)) < 1e-9, text)
  }
})
