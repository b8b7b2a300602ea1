import type { Capture } from '../../capture/capture.js'
import type { Report } from '../../model/event.js'
import { cureOf } from '../../model/failure.js'
import { Troubles } from '../../model/troubles.js'
import type { Source } from '../../proxy/source.js'
import { ChangingReach } from '../../reach/changing-reach.js'
import { DirectReach } from '../../reach/direct.js'
import type { Reach } from '../../reach/reach.js'
import type { ReachChoice } from '../options/laptop.js'
import { realClock as clock } from '../real-clock.js'
import type { Way } from './way.js'

/** What was decided, and why so where it was. */
export interface Decision {
  readonly reach: ReachChoice
  readonly why?: string
  readonly way: Way
}

/** The way to endpoints, once it is known. */
export class Reached {
  readonly #reach = new ChangingReach(new DirectReach({ clock }))
  readonly #report: Report
  readonly #troubles: Troubles
  #decision: Decision | undefined
  #again: () => void = () => undefined
  #isClosed = false

  constructor(report: Report) {
    this.#report = report
    this.#troubles = new Troubles((reason, error) => {
      report({ type: 'reach-failed', reason, ...cureOf(error) })
    })
  }

  /** For all dials: direct, until it is decided. */
  get reach(): Reach {
    return this.#reach
  }

  /** As `--reach` has it; undefined while it is not decided. */
  get chosen(): ReachChoice | undefined {
    return this.#decision?.reach
  }

  /** Decides, unless that is done: to be called when the whole cluster was seen. Rejects as `decide` does, and can be called again. */
  async decided(decide: () => Promise<Decision>): Promise<Way> {
    if (this.#decision) return this.#decision.way
    const decision = await decide()
    const { reach, why, way } = decision
    this.#decision = decision
    this.#reach.current = way.reach
    this.#report({ type: 'reach-chosen', reach, ...(why !== undefined && { why }) })
    return way
  }

  /**
   * What of `source` can be reached, which tells of changes once the way is known and this machine was made ready for them, as far as
   * that could be done. Once it is closed, nothing is added to this machine any more.
   */
  sourceFrom(source: Source, decide: () => Promise<Decision>): Source {
    const prepare = async (changed: () => void): Promise<void> => {
      await this.#troubles.with(async () => {
        const way = await this.decided(decide)
        if (!this.#isClosed) await way.prepare?.()
      })
      if (this.#decision && !this.#isClosed) changed()
    }
    return {
      start: changed => {
        const turns = new Turns(() => prepare(changed))
        source.start(() => {
          this.#again = () => turns.ask()
          if (this.#decision && !this.#decision.way.prepare) changed()
          else turns.ask()
        })
      },
      snapshot: () => {
        const snapshot = source.snapshot()
        return this.#decision?.way.reachable?.(snapshot) ?? snapshot
      },
      close: () => {
        this.#isClosed = true
        return source.close()
      },
    }
  }

  /** The capture; each look at it looks, too, whether this machine is still ready for the way, and decides again where that failed. */
  keptWith(capture: Pick<Capture, 'isIntact'>): Pick<Capture, 'isIntact'> {
    return {
      isIntact: async () => {
        if (!this.#isClosed) await this.#lookAgain()
        return capture.isIntact()
      },
    }
  }

  /** Takes out what was added to this machine. */
  async remove(): Promise<void> {
    await this.#decision?.way.remove?.()
  }

  async #lookAgain(): Promise<void> {
    const decision = this.#decision
    if (decision) await this.#troubles.with(async () => decision.way.repair?.())
    else this.#again()
  }
}

/** Work that is done once more when it was asked for meanwhile, however often. */
class Turns {
  readonly #work: () => Promise<void>
  #asked = 0
  #isWorking = false

  constructor(work: () => Promise<void>) {
    this.#work = work
  }

  ask(): void {
    this.#asked += 1
    if (!this.#isWorking) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isWorking = true
    for (let done = 0; done < this.#asked;) {
      done = this.#asked
      await this.#work()
    }
    this.#asked = 0
    this.#isWorking = false
  }
}
