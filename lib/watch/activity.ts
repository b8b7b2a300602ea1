import type { Clock } from '../model/clock.js'
import type { Milliseconds } from '../model/milliseconds.js'
import { field, text } from './raw.js'

/** Changes of objects: all, and those that no snapshot has yet. */
export interface Changes {
  readonly total: number
  readonly pending: number
}

const triggerTime = 'endpoints.kubernetes.io/last-change-trigger-time'

/** More are not kept: nothing was put into force for long, and each would say the same. */
const mostTriggers = 1000

const triggerOf = (object: unknown): readonly Date[] => {
  const written = text(field(object, 'metadata', 'annotations', triggerTime))
  const time = written === undefined ? Number.NaN : Date.parse(written)
  return Number.isNaN(time) ? [] : [new Date(time)]
}

/** What the API server tells about the objects of one kind, and when. */
export class Activity {
  readonly #clock: Clock
  #heard: Milliseconds | undefined
  #changes = 0
  #inSnapshot = 0
  #triggers: Date[] = []
  #triggersInSnapshot: Date[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** When the server told anything last, by the clock; undefined: never. */
  get heard(): Milliseconds | undefined {
    return this.#heard
  }

  get changes(): Changes {
    return { total: this.#changes, pending: this.#changes - this.#inSnapshot }
  }

  /** The server told something. */
  told(): void {
    this.#heard = this.#clock.now()
  }

  /** An object has come, gone or changed. */
  changed(object: unknown): void {
    this.#changes += 1
    if (this.#triggers.length < mostTriggers) this.#triggers.push(...triggerOf(object))
  }

  /** The server told all that there is. */
  replaced(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): void {
    this.told()
    for (const [key, value] of after) if (before.get(key) !== value) this.#changes += 1
    for (const key of before.keys()) if (!after.has(key)) this.#changes += 1
  }

  /** A snapshot has all of it. */
  snapshot(): void {
    this.#inSnapshot = this.#changes
    this.#triggersInSnapshot = [...this.#triggersInSnapshot, ...this.#triggers].slice(0, mostTriggers)
    this.#triggers = []
  }

  /**
   * When pods or Services changed, as the EndpointSlices say that a watch has brought since, and that snapshots have: each once (it
   * is what kube-proxy's network programming latency is counted from).
   */
  takeTriggers(): readonly Date[] {
    const taken = this.#triggersInSnapshot
    this.#triggersInSnapshot = []
    return taken
  }
}
