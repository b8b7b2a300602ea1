import type { Clock } from '../model/clock.js'
import type { Endpoint } from '../model/endpoint.js'
import type { Milliseconds } from '../model/milliseconds.js'
import { Budget } from '../stream/budget.js'
import { DirectReach } from './direct.js'
import type { DialOptions } from './reach.js'

/** A connection that says nothing: it is only to be seen whether there can be one. */
export interface Knock {
  /** Resolves when somebody has accepted. Rejects with the system's error, or `ETIMEDOUT`, or `ABORT_ERR` when it was closed. */
  readonly answered: Promise<void>
  /** Leaves no socket behind. May be called at any time, and twice. */
  close(): void
}

export interface KnockOptions extends Pick<DialOptions, 'opened'> {
  readonly clock: Clock
  readonly timeout: Milliseconds
}

/** Connects to `endpoint` and sends its end at once. */
export const knock = (endpoint: Endpoint, { clock, timeout, opened }: KnockOptions): Knock => {
  const budget = new Budget(0)
  const dialling = new DirectReach({ clock }).dial(endpoint, { timeout, budget, opened })
  let isClosed = false
  let reset = (): void => undefined
  const answered = dialling.stream.then(connection => {
    reset = () => connection.reset()
    if (isClosed) reset()
    // No reset yet: whoever accepts could not tell any more who came.
    else connection.end()
  })
  const close = (): void => {
    isClosed = true
    dialling.giveUp()
    reset()
  }
  return { answered, close }
}
