import type { Family } from '../model/ip-address.js'
import type { FamilyFailure } from './capture.js'

export interface Outcomes<Result> {
  readonly results: readonly Result[]
  readonly failures: readonly FamilyFailure[]
}

/** Does the work of each family, whatever becomes of the others'. Resolves when all of it has ended. */
export const eachFamily = async <Result>(
  families: readonly Family[],
  work: (family: Family) => Promise<readonly Result[]>,
): Promise<Outcomes<Result>> => {
  const results: Result[] = []
  const failures: FamilyFailure[] = []
  await Promise.all(
    families.map(async family => {
      try {
        results.push(...(await work(family)))
      } catch (error) {
        failures.push({ family, error })
      }
    }),
  )
  return { results, failures }
}
