import { errorText } from '../model/error-text.js'
import type { Report } from '../model/event.js'
import { cureOf } from '../model/failure.js'
import type { Milliseconds } from '../model/milliseconds.js'

/** Tells of syncs that failed, and whether that is news. */
export class SyncFailures {
  readonly #report: Report
  /** Why the last sync failed, if it did. */
  #reason: string | undefined

  constructor(report: Report) {
    this.#report = report
  }

  tell(error: unknown, retryIn: Milliseconds): void {
    const reason = errorText(error)
    const again = reason === this.#reason
    this.#reason = reason
    this.#report({ type: 'sync-failed', reason, ...cureOf(error), retryIn, again })
  }

  /** A sync went well: the next failure is news. */
  over(): void {
    this.#reason = undefined
  }
}
