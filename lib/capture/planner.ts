import { isDeepStrictEqual } from 'node:util'
import type { Family } from '../model/ip-address.js'
import type { Wanted } from './capture.js'
import { rulesFor } from './rules.js'
import type { Ruleset } from './ruleset.js'
import { type Redirects, redirectsIn } from './stale-flows.js'
import type { Target } from './target.js'

/** The rules that do what is wanted, and where they send clients of UDP portals. */
export interface Plan {
  readonly wanted: Wanted
  readonly rules: Ruleset
  readonly redirects: Redirects
}

const sameObjects = <Value>(some: readonly Value[], others: readonly Value[]): boolean =>
  some.length === others.length && some.every((value, index) => value === others[index])

/** Whether the same objects are wanted, where there may be thousands of them, and equal ones else. */
const sameWanted = (one: Wanted, other: Wanted): boolean => {
  const { portals, guarded, ...rest } = one
  const { portals: otherPortals, guarded: otherGuarded, ...otherRest } = other
  return (
    sameObjects(portals, otherPortals) &&
    sameObjects(guarded, otherGuarded) &&
    isDeepStrictEqual(rest, otherRest)
  )
}

/** Makes the rules of one family, and does not make them again for what is the same: 10,000 portals take 20 ms. */
export class Planner {
  readonly #family: Family
  readonly #target: Target
  #last: Plan | undefined

  constructor(family: Family, target: Target) {
    this.#family = family
    this.#target = target
  }

  /** The plan that was asked for last, if there was one. */
  get last(): Plan | undefined {
    return this.#last
  }

  planFor(wanted: Wanted): Plan {
    if (this.#last && sameWanted(this.#last.wanted, wanted)) return this.#last
    const rules = rulesFor(wanted, this.#family, this.#target)
    this.#last = { wanted, rules, redirects: redirectsIn(rules) }
    return this.#last
  }
}
