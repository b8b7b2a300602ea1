import type { Clock } from '../model/clock.js'
import type { Milliseconds } from '../model/milliseconds.js'

export interface DrainOptions {
  readonly timeout: Milliseconds
  /** Ends the wait at once. */
  readonly hurry: AbortSignal
  readonly clock: Clock
}

/** Resolves when `ended` does, and without it after `timeout` or when hurried. */
export const drain = (ended: Promise<void>, { timeout, hurry, clock }: DrainOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    const finish = (): void => {
      alarm.cancel()
      hurry.removeEventListener('abort', finish)
      resolve()
    }
    const alarm = clock.after(timeout, finish)
    hurry.addEventListener('abort', finish)
    if (hurry.aborted) finish()
    ended.then(finish, reject)
  })
