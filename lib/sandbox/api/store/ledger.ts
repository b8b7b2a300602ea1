import type { ApiObject } from '../../api-object.js'
import type { ObjectChange, Resource } from '../../objects.js'
import { type Change, History } from './history.js'
import { byKey, key, keyOf } from './key.js'
import { apiVersionOf, kindOf, kinds } from '../kinds.js'
import { versioned } from './metadata.js'
import type { Recording } from './recording.js'

interface Page {
  readonly objects: Map<string, ApiObject>
  readonly history: History
}

/** What is there and what happened. One counter numbers the changes of all resources. Knows no rules. */
export class Ledger {
  readonly #pages: ReadonlyMap<Resource, Page>
  readonly #listeners = new Set<(change: Change) => void>()
  readonly #untold: Change[] = []
  #telling = false
  #version = 1

  readonly #follow: (change: Change) => void

  /** Remembers the latest `size` changes of each resource. Tells `follow` of each at once, before any listener. */
  constructor(size: number, follow: (change: Change) => void) {
    this.#follow = follow
    this.#pages = new Map(
      kinds.map(({ resource }) => [
        resource,
        { objects: new Map<string, ApiObject>(), history: new History(size) },
      ]),
    )
  }

  /** The resourceVersion of the latest change. */
  get version(): number {
    return this.#version
  }

  get(resource: Resource, namespace: string, name: string): ApiObject | undefined {
    return this.#page(resource).objects.get(key(namespace, name))
  }

  /**
   * Those of a namespace, or all where it is '', by namespace and name, as they were at `version`.
   * Throws 410 `Expired` when that is forgotten.
   */
  list(resource: Resource, namespace: string, version: number): readonly ApiObject[] {
    const { objects, history } = this.#page(resource)
    const prefix = key(namespace, '')
    return [...history.rewind(objects, version)]
      .filter(([place]) => namespace === '' || place.startsWith(prefix))
      .map(([, object]) => object)
      .sort(byKey)
  }

  /** What happened after `version`. Throws 410 `Expired` when not all of it is known any more. */
  since(resource: Resource, version: number): readonly Change[] {
    return this.#page(resource).history.since(version)
  }

  /** Writes a change down under the next version, and tells it. */
  write(resource: Resource, type: ObjectChange['type'], object: ApiObject): ApiObject {
    return this.#enter(resource, type, versioned(object, this.#version + 1))
  }

  /**
   * Takes what was recorded as it is, resourceVersions included. A watch can go back to the recorded list, not
   * beyond. What follows later may be replayed later, with no items.
   */
  replay(resource: Resource, { version, items, changes }: Recording): void {
    const kind = kindOf(resource)
    for (const item of items)
      this.#enter(resource, 'ADDED', { ...item, apiVersion: apiVersionOf(kind), kind: kind.kind })
    this.#page(resource).history.forget(version)
    this.#version = Math.max(this.#version, version)
    for (const { type, object } of changes) this.#enter(resource, type, object)
  }

  /** Forgets all history, so that a watch can start from now only. */
  compact(): void {
    for (const { history } of this.#pages.values()) history.forget(this.#version)
  }

  /** Calls `listener` after every change, in order, also for changes that a listener makes. Returns what ends that. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #page(resource: Resource): Page {
    const page = this.#pages.get(resource)
    if (!page) throw new RangeError(`no such resource: ${resource}`)
    return page
  }

  #enter(resource: Resource, type: ObjectChange['type'], object: ApiObject): ApiObject {
    const { objects, history } = this.#page(resource)
    const version = Number(object.metadata.resourceVersion)
    const change: Change = { type, resource, object, version, previous: objects.get(keyOf(object)) }
    this.#version = Math.max(this.#version, version)
    if (type === 'DELETED') objects.delete(keyOf(object))
    else objects.set(keyOf(object), object)
    history.add(change)
    this.#follow(change)
    this.#untold.push(change)
    this.#tell()
    return object
  }

  #tell(): void {
    if (this.#telling) return
    this.#telling = true
    try {
      for (let change = this.#untold.shift(); change; change = this.#untold.shift())
        for (const listener of [...this.#listeners]) listener(change)
    } finally {
      this.#telling = false
    }
  }
}
