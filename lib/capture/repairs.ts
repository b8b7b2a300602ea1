import type { Report } from '../model/event.js'
import type { Family } from '../model/ip-address.js'
import { type Milliseconds, seconds } from '../model/milliseconds.js'
import type { Clock } from '../model/clock.js'
import type { Damage } from './damage.js'

export interface RepairsOptions {
  readonly family: Family
  readonly report: Report
  readonly memory?: { readonly clock: Clock }
}

/** Who has not touched our rules for so long does not insist. */
const quiet = seconds(600)

/** Tells of repairs of one family's rules, and how often they were needed lately: whether somebody insists. */
export class Repairs {
  readonly #options: RepairsOptions
  #times = 0
  #last: Milliseconds | undefined

  constructor(options: RepairsOptions) {
    this.#options = options
  }

  tell(damage: Damage): void {
    const { family, report, memory } = this.#options
    const now = memory?.clock.now()
    const lately = now !== undefined && this.#last !== undefined && now - this.#last < quiet
    this.#times = lately ? this.#times + 1 : 1
    this.#last = now
    report({ type: 'rules-repaired', family, ...damage, times: this.#times })
  }
}
