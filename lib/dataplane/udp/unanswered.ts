import type { Endpoint } from '../../model/endpoint.js'
import type { Milliseconds } from '../../model/milliseconds.js'
import { seconds } from '../../model/milliseconds.js'
import type { Budget } from '../../stream/budget.js'

/** As many as a client may send before it waits: two of DNS, a handful of QUIC, fragments of something large. */
const most = 16

/** One of the largest, at least. Many clients share what may be kept, and some send for ever and are never answered. */
const mostBytes = 65_536

/** Who refuses does so within a round trip: after a pause like this, what was sent before it has arrived. */
const pause = seconds(1)

/**
 * What a client has sent to an endpoint that has not answered yet, to be sent to another if that one refuses; and those that
 * have refused it before. Only the last few are kept, and none when the bytes that all may keep are used up.
 */
export class Unanswered {
  readonly #budget: Budget
  #failed: readonly Endpoint[]
  #datagrams: Buffer[] = []
  #keptAt: Milliseconds | undefined

  constructor(budget: Budget, failed: readonly Endpoint[]) {
    this.#budget = budget
    this.#failed = failed
  }

  /** The endpoints that have refused what is kept, oldest first. */
  get failed(): readonly Endpoint[] {
    return this.#failed
  }

  /** `datagram` is being sent. */
  keep(datagram: Buffer, now: Milliseconds): void {
    if (this.#keptAt !== undefined && now - this.#keptAt >= pause) {
      this.take()
      this.#failed = []
    }
    this.#keptAt = now
    while (
      this.#datagrams.length > 0 &&
      (this.#datagrams.length === most || this.#bytes + datagram.length > mostBytes)
    )
      this.#drop()
    if (this.#budget.take(datagram.length)) this.#datagrams.push(datagram)
  }

  /** All that is kept; it is kept no longer. */
  take(): readonly Buffer[] {
    const datagrams = this.#datagrams
    this.#datagrams = []
    for (const { length } of datagrams) this.#budget.giveBack(length)
    return datagrams
  }

  get #bytes(): number {
    return this.#datagrams.reduce((sum, { length }) => sum + length, 0)
  }

  #drop(): void {
    this.#budget.giveBack(this.#datagrams.shift()?.length ?? 0)
  }
}
