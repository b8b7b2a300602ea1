import type { Clock } from '../model/clock.js'
import type { FamilyHealth, Health, Readiness } from '../model/health.js'
import type { Family } from '../model/ip-address.js'
import { type Milliseconds, milliseconds } from '../model/milliseconds.js'
import type { Snapshot } from '../model/snapshot.js'

export interface ProgressOptions {
  readonly clock: Clock
  /** A change that waits for longer makes us unhealthy. */
  readonly patience: Milliseconds
}

const families: readonly Family[] = ['IPv4', 'IPv6']

/** How far we are with putting into force what is wanted. */
export class Progress {
  readonly #options: ProgressOptions
  /** Since when there is something that no sync has begun to put into force. */
  readonly #waiting = new Map<Family, Milliseconds>()
  /** Since when that has waited which the sync under way puts into force. */
  #underWay: ReadonlyMap<Family, Milliseconds> = new Map()
  readonly #updated = new Map<Family, Milliseconds>()
  #queued: Milliseconds | undefined
  #readiness: Readiness = 'no lists yet'
  #nodeEligible = true

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  /** Whether the source has seen everything once. */
  get informed(): boolean {
    return this.#readiness === 'no rules yet' || this.#readiness === 'ready'
  }

  /** When something else was wanted last; undefined: never. */
  get queued(): Milliseconds | undefined {
    return this.#queued
  }

  get health(): Health {
    return {
      ...{ readiness: this.#readiness, nodeEligible: this.#nodeEligible },
      families: { IPv4: this.#of('IPv4'), IPv6: this.#of('IPv6') },
    }
  }

  /** What an earlier run left is served. */
  resumed(): void {
    if (this.#readiness === 'no lists yet') this.#readiness = 'resumed'
  }

  /** Something else is wanted. */
  changed(): void {
    if (this.#readiness === 'no lists yet' || this.#readiness === 'resumed') this.#readiness = 'no rules yet'
    const now = this.#options.clock.now()
    this.#queued = now
    for (const family of families) if (!this.#waiting.has(family)) this.#waiting.set(family, now)
  }

  /** A sync begins, which puts into force all that is wanted by now. */
  begin({ nodeEligible }: Snapshot): void {
    this.#nodeEligible = nodeEligible
    this.#underWay = new Map(this.#waiting)
    this.#waiting.clear()
  }

  /** It has ended; not well in the families that `failed`. */
  end(failed: ReadonlySet<Family>): void {
    const now = this.#options.clock.now()
    for (const family of families)
      if (failed.has(family)) this.#waiting.set(family, this.#since(family) ?? now)
      else this.#updated.set(family, now)
    this.#underWay = new Map()
    if (failed.size === 0 && this.#readiness === 'no rules yet') this.#readiness = 'ready'
  }

  /** It has ended in an error. */
  fail(): void {
    this.end(new Set(families))
  }

  /** From now on less and less is served. */
  stop(): void {
    this.#readiness = 'stopping'
  }

  #since(family: Family): Milliseconds | undefined {
    return this.#underWay.get(family) ?? this.#waiting.get(family)
  }

  #of(family: Family): FamilyHealth {
    const { clock, patience } = this.#options
    const now = clock.now()
    const since = this.#since(family)
    const updated = this.#updated.get(family)
    return {
      healthy: since === undefined || now - since <= patience,
      ...(updated !== undefined && { updated: milliseconds(now - updated) }),
    }
  }
}
