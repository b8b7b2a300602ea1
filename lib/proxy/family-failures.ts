import type { FamilyFailure } from '../capture/capture.js'
import { errorText } from '../model/error-text.js'
import type { Report } from '../model/event.js'
import { cureOf } from '../model/failure.js'
import type { Family } from '../model/ip-address.js'
import type { Snapshot } from '../model/snapshot.js'

/** Tells of the families that nothing can be captured in, once for as long as the reason stays. */
export class FamilyFailures {
  readonly #report: Report
  #told: ReadonlyMap<Family, string> = new Map()

  constructor(report: Report) {
    this.#report = report
  }

  /** Why nothing can be captured, in the families in which that is so. */
  get reasons(): ReadonlyMap<Family, string> {
    return this.#told
  }

  /**
   * Reports those that are new, and returns all that have failed. Throws the first error where no family of the snapshot is
   * left that works: then the whole work has failed. Else the others go on, and this one is tried again soon.
   */
  tell(failures: readonly FamilyFailure[], { servicePorts }: Snapshot): ReadonlySet<Family> {
    const failed = new Map(failures.map(({ family, error }) => [family, error]))
    const told = this.#told
    this.#told = new Map([...failed].map(([family, error]) => [family, errorText(error)]))
    const [first] = failures
    if (first && servicePorts.every(({ family }) => failed.has(family))) throw first.error
    for (const [family, error] of failed) {
      const reason = errorText(error)
      if (told.get(family) !== reason)
        this.#report({ type: 'family-failed', family, reason, ...cureOf(error) })
    }
    return new Set(failed.keys())
  }
}
