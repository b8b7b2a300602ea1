import type { Clock } from './clock.js'
import type { Milliseconds } from './milliseconds.js'

/** Resolves after `delay`, or at once when `signal` aborts. */
export const wait = (clock: Clock, delay: Milliseconds, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) {
      resolve()
      return
    }
    const done = (): void => {
      alarm.cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const alarm = clock.after(delay, done)
    signal.addEventListener('abort', done)
  })
