import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../model/clock.js'
import { errorText } from '../model/error-text.js'
import type { Report } from '../model/event.js'
import { milliseconds, seconds } from '../model/milliseconds.js'
import { ApiError } from './api-error.js'
import { type ApiKind, pathOf } from './api-kind.js'
import { Backoff } from './backoff.js'
import { linesOf } from './body.js'
import { field, text } from './raw.js'
import type { Transport } from './transport.js'
import { wait } from './wait.js'
import { watchEvent, type WatchEvent } from './watch-event.js'
import { refusalIn, wholeList } from './whole-list.js'

export interface MirrorOptions<Value> {
  readonly kind: ApiKind
  readonly transport: Transport
  readonly clock: Clock
  /** From 0 to 1, as `Math.random` gives it. */
  readonly random: () => number
  readonly report: Report
  /** Takes from an object what is worth keeping. Never throws. */
  readonly decode: (object: unknown) => Value
  /** Called after `values` changed. */
  readonly changed: () => void
}

/** Shorter watches are not worth having: a server that ends them at once would be asked without a pause. */
const shortWatch = 1_000

/** The key of an object in a mirror: `NAMESPACE/NAME`, or `NAME` for kinds without namespaces. */
export const keyOf = (object: unknown): string => {
  const namespace = text(field(object, 'metadata', 'namespace')) ?? ''
  const name = text(field(object, 'metadata', 'name')) ?? ''
  return namespace === '' ? name : `${namespace}/${name}`
}

/**
 * The cluster's objects of one kind, kept as they are in the API server, with the guarantees of client-go's
 * reflector: whatever the server or the network does, it ends up equal to the server's list, and until then
 * keeps what it had.
 */
export class Mirror<Value> {
  readonly #options: MirrorOptions<Value>
  readonly #backoff: Backoff
  #values: Map<string, Value> = new Map<string, Value>()
  #version = '0'
  #next: 'list' | 'watch' = 'list'
  #listed = false

  constructor(options: MirrorOptions<Value>) {
    this.#options = options
    this.#backoff = new Backoff(options)
  }

  get kind(): ApiKind {
    return this.#options.kind
  }

  get values(): ReadonlyMap<string, Value> {
    return this.#values
  }

  /** Whether `values` was the whole list once. */
  get listed(): boolean {
    return this.#listed
  }

  /** Keeps the mirror until `signal` aborts, and resolves then. Troubles are reported, and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#next === 'list') await this.list(signal)
        else await this.#watch(signal)
      } catch (error) {
        await this.#recover(error, signal)
      }
    }
  }

  /** Lists once: everything in one step, what vanished meanwhile included. Rejects with an `ApiError`. */
  async list(signal: AbortSignal): Promise<void> {
    const { kind, transport, decode, report, changed } = this.#options
    const before = this.#values
    const read = (item: unknown): readonly [string, Value] => {
      const key = keyOf(item)
      return [key, sameOr(before.get(key), decode(item))]
    }
    const { version, items } = await wholeList(kind, { transport, version: this.#version, signal, read })
    this.#values = new Map(items)
    this.#version = version
    this.#next = 'watch'
    this.#listed = true
    report({ type: 'listed', resource: kind.resource, objects: this.#values.size })
    changed()
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { kind, transport, clock, random } = this.#options
    const [from, to] = transport.watchSeconds
    const timeout = Math.round(from + random() * (to - from))
    const started = clock.now()
    const path = pathOf(kind, {
      ...{ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: this.#version },
      timeoutSeconds: String(timeout),
    })
    const answer = await transport.get(path, { signal, quiet: seconds(timeout + 5) })
    if (answer.status !== 200) throw await refusalIn(answer)
    let events = 0
    for await (const line of linesOf(answer.body)) {
      this.#apply(watchEvent(kind, line))
      events += 1
    }
    const lasted = clock.now() - started
    if (lasted >= shortWatch) return
    if (events === 0)
      throw new ApiError('refused', `the server ended the watch after ${Math.round(lasted)} ms`)
    await wait(clock, milliseconds(shortWatch - lasted), signal)
  }

  #apply(event: WatchEvent): void {
    this.#version = event.version
    if (event.type === 'bookmark') return
    const key = keyOf(event.object)
    const before = this.#values.get(key)
    if (event.type === 'delete') {
      if (!this.#values.delete(key)) return
    } else {
      const after = sameOr(before, this.#options.decode(event.object))
      if (before !== undefined && after === before) return
      this.#values.set(key, after)
    }
    this.#options.changed()
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { kind, clock, report } = this.#options
    const during = this.#next
    const trouble = error instanceof ApiError ? error.trouble : 'garbage'
    const asked = error instanceof ApiError ? (error.retryAfter ?? 0) : 0
    // A list that is too old for the server, or too new, is not to be asked for again.
    if (trouble === 'expired' && during === 'list') this.#version = ''
    if (trouble === 'expired' || trouble === 'garbage' || trouble === 'refused') this.#next = 'list'
    const retryIn = milliseconds(Math.max(this.#backoff.next(), asked))
    report({
      type: 'api-trouble',
      resource: kind.resource,
      during,
      trouble,
      reason: errorText(error),
      retryIn,
    })
    await wait(clock, retryIn, signal)
  }
}

/** `before` where `after` is equal to it, so that an unchanged object is the same object. */
const sameOr = <Value>(before: Value | undefined, after: Value): Value =>
  before !== undefined && isDeepStrictEqual(before, after) ? before : after
