import { Budget } from '../../stream/budget.js'

/** The flows of a service port, as far as room is concerned. */
export interface Holder {
  readonly size: number
  /** Ends one, which leaves the room. Called only when there is one. */
  makeRoom(): void
}

export interface FlowLimits {
  readonly perServicePort: number
  readonly total: number
}

/**
 * A socket each, and 6 KB: what one service port may hold is more than a node's clients use, and all together stay
 * below the 28,000 local ports that a Linux host has for sockets of its own.
 */
const defaults: FlowLimits = { perServicePort: 4096, total: 16_384 }

/** For datagrams whose endpoint may still refuse: a moment's worth. */
const bytesKept = 16_777_216

/**
 * The room for flows, over all service ports. Who comes always gets a place, and the flow that has been idle for longest
 * loses it: one of the same service port, or of the one that holds most when there are too many in all or descriptors are short. So a
 * flood takes from those that it floods.
 */
export class FlowRoom {
  readonly descriptors: Budget
  readonly unanswered = new Budget(bytesKept)
  readonly #limits: FlowLimits
  readonly #holders = new Set<Holder>()
  #total = 0
  #entered = 0

  /** Flows take at most half of `descriptors`: a flood of datagrams does not end TCP. */
  constructor(descriptors = new Budget(Infinity), limits = defaults) {
    this.descriptors = descriptors
    this.#limits = { ...limits, total: Math.min(limits.total, Math.floor(descriptors.left / 2)) }
  }

  get total(): number {
    return this.#total
  }

  /**
   * Takes a place and a descriptor for one more flow of `holder`, and numbers it: from 1, never again the same. Undefined when there
   * is no flow that could make room.
   */
  enter(holder: Holder): number | undefined {
    if (holder.size >= this.#limits.perServicePort) holder.makeRoom()
    if (this.#isFull && !this.#clear(holder)) return undefined
    this.descriptors.take(1)
    this.#holders.add(holder)
    this.#total += 1
    this.#entered += 1
    return this.#entered
  }

  /** A flow of `holder`, which counts it no longer, is over. */
  leave(holder: Holder): void {
    if (holder.size === 0) this.#holders.delete(holder)
    this.#total -= 1
    this.descriptors.giveBack(1)
  }

  get #isFull(): boolean {
    return this.#total >= this.#limits.total || this.descriptors.left < 1
  }

  #clear(asking: Holder): boolean {
    let most = asking
    for (const holder of this.#holders) if (holder.size > most.size) most = holder
    if (most.size > 0) most.makeRoom()
    return !this.#isFull
  }
}
