import { performance } from 'node:perf_hooks'
import type { Clock } from '../model/clock.js'
import { milliseconds } from '../model/milliseconds.js'

/** The time that passes. Monotonic: a clock that is set does not move it. */
export const realClock: Clock = {
  now: () => milliseconds(performance.now()),
  after: (delay, ring) => {
    const timer = setTimeout(ring, delay)
    return { cancel: () => clearTimeout(timer) }
  },
}
