import { performance } from 'node:perf_hooks'
import type { Clock } from '../model/clock.js'
import { milliseconds } from '../model/milliseconds.js'

// What is longer, setTimeout takes for 1 ms.
const longest = 2 ** 31 - 1

/** The time that passes. Monotonic: a clock that is set does not move it. Alarms ring after 24 days at the latest. */
export const realClock: Clock = {
  now: () => milliseconds(performance.now()),
  after: (delay, ring) => {
    const timer = setTimeout(ring, Math.min(delay, longest))
    return { cancel: () => clearTimeout(timer) }
  },
}
