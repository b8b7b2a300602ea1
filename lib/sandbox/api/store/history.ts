import type { ApiObject } from '../../api-object.js'
import type { ObjectChange } from '../../objects.js'
import { keyOf } from './key.js'
import { expired } from '../status-error.js'

/** A change with what a watch needs to tell it from its own point of view. */
export interface Change extends ObjectChange {
  /** The resourceVersion that it made. */
  readonly version: number
  /** The object before, unless it was added. */
  readonly previous: ApiObject | undefined
}

/** The latest changes of one resource. What is older than `size` changes is forgotten. */
export class History {
  readonly #size: number
  #changes: Change[] = []
  #oldest = 0

  constructor(size: number) {
    this.#size = size
  }

  add(change: Change): void {
    this.#changes.push(change)
    const dropped = this.#changes.length > this.#size ? this.#changes.shift() : undefined
    if (dropped) this.#oldest = dropped.version
  }

  /** Forgets what happened up to `version`, as a compaction does. */
  forget(version: number): void {
    this.#changes = this.#changes.filter(change => change.version > version)
    this.#oldest = Math.max(this.#oldest, version)
  }

  /** What happened after `version`, oldest first. Throws 410 `Expired` when not all of it is known any more. */
  since(version: number): readonly Change[] {
    if (version < this.#oldest) throw expired(version, this.#oldest)
    return this.#changes.filter(change => change.version > version)
  }

  /** `objects` by key, as they were at `version`. Throws 410 `Expired` when that is not known any more. */
  rewind(objects: ReadonlyMap<string, ApiObject>, version: number): ReadonlyMap<string, ApiObject> {
    const changes = this.since(version)
    if (changes.length === 0) return objects
    const then = new Map(objects)
    for (const { object, previous } of changes.toReversed())
      if (previous) then.set(keyOf(previous), previous)
      else then.delete(keyOf(object))
    return then
  }
}
