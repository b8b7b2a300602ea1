import type { Capture, FamilyFailure, Preparation, Wanted } from '../../lib/capture/capture.js'
import type { Family } from '../../lib/model/ip-address.js'

/** A capture for tests that want all of it to work: what failed in a family is thrown. */
export interface WholeCapture {
  prepare(preparation: Preparation): Promise<void>
  /** Resolves with the families that were written. */
  apply(wanted: Wanted): Promise<readonly Family[]>
  remove(): Promise<readonly string[]>
}

const check = ([first]: readonly FamilyFailure[]): void => {
  if (first) throw first.error
}

export const whole = (capture: Capture): WholeCapture => ({
  prepare: async preparation => check(await capture.prepare(preparation)),
  apply: async wanted => {
    const { written, failures } = await capture.apply(wanted)
    check(failures)
    return [...written].sort()
  },
  remove: () => capture.remove(),
})
