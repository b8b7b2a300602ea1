import type { Clock } from '../model/clock.js'
import { errorText } from '../model/error-text.js'
import type { Report } from '../model/event.js'
import { milliseconds, seconds } from '../model/milliseconds.js'
import { Activity } from './activity.js'
import { ApiError } from './api-error.js'
import { type ApiKind, whichOf } from './api-kind.js'
import { Backoff } from './backoff.js'
import { type Followed, keyOf, sameOr } from './followed.js'
import type { Transport } from './transport.js'
import { isOlder } from './version.js'
import { wait } from '../model/wait.js'
import { type WatchEvent, watchEvents } from './watch-event.js'
import { wholeList } from './whole-list.js'

export interface MirrorOptions<Value> extends Followed<Value> {
  /** What is followed for good where the server has no such kind when it is first asked. */
  readonly instead?: Followed<Value>
  readonly transport: Transport
  readonly clock: Clock
  /** Aborts when the server answers others, after it did not: a reason not to wait any longer. */
  readonly returned?: () => AbortSignal
  /** From 0 to 1, as `Math.random` gives it. */
  readonly random: () => number
  readonly report: Report
  /** Called after `values` changed. */
  readonly changed: () => void
  /** After which troubles it is of no use to go on; `run` rejects with them. Absent: none. */
  readonly endsWith?: (error: unknown) => boolean
}

/** Ten times as many as in the largest clusters: a server that makes up more has no end of them. */
const mostObjects = 500_000

/** Shorter watches are not worth having: a server that ends them at once would be asked without a pause. */
const shortWatch = 1_000

/**
 * The cluster's objects of one kind, kept as they are in the API server, with the guarantees of client-go's
 * reflector: whatever the server or the network does, it ends up equal to the server's list, and until then
 * keeps what it had.
 */
export class Mirror<Value> {
  readonly #options: MirrorOptions<Value>
  readonly activity: Activity
  readonly #backoff: Backoff
  #followed: Followed<Value>
  #values: Map<string, Value> = new Map<string, Value>()
  #version = '0'
  #pages: 'many' | 'one' = 'many'
  #next: 'list' | 'watch' = 'list'
  #listed = false

  constructor(options: MirrorOptions<Value>) {
    this.#options = options
    this.#followed = options
    this.activity = new Activity(options.clock)
    this.#backoff = new Backoff(options)
  }

  get kind(): ApiKind {
    return this.#followed.kind
  }

  get values(): ReadonlyMap<string, Value> {
    return this.#values
  }

  /** Whether `values` was the whole list once. */
  get listed(): boolean {
    return this.#listed
  }

  /** Keeps the mirror until `signal` aborts, and resolves then. Troubles are reported, and tried again, unless it `endsWith` them. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#next === 'list') await this.list(signal)
        else await this.#watch(signal)
      } catch (error) {
        if (this.#options.endsWith?.(error) === true) throw error
        await this.#recover(error, signal)
      }
    }
  }

  /** Lists once: everything in one step, what vanished meanwhile included. Rejects with an `ApiError`. */
  async list(signal: AbortSignal): Promise<void> {
    try {
      await this.#list(signal)
    } catch (error) {
      const { instead } = this.#options
      if (!instead || this.#followed === instead || this.#listed || !isMissing(error)) throw error
      await this.#listInstead(instead, error, signal)
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { transport, report, changed } = this.#options
    const { kind, decode } = this.#followed
    const before = this.#values
    const read = (item: unknown): readonly [string, Value] => {
      const key = keyOf(item)
      return [key, sameOr(before.get(key), decode(item))]
    }
    const expired = (): void => {
      this.#pages = 'one'
    }
    const asked = { version: this.#version, pages: this.#pages, expired }
    const { version, items } = await wholeList(kind, { transport, signal, read, ...asked })
    this.#pages = 'many'
    this.#values = new Map(items)
    this.activity.replaced(before, this.#values)
    this.#version = version
    this.#next = 'watch'
    this.#listed = true
    report({ type: 'listed', ...whichOf(kind), objects: this.#values.size })
    changed()
  }

  /** Lists `instead`, and follows it from now on unless the server has neither: then it may be none at all. */
  async #listInstead(instead: Followed<Value>, why: unknown, signal: AbortSignal): Promise<void> {
    const wanted = this.#followed
    this.#followed = instead
    try {
      await this.#list(signal)
    } catch (error) {
      if (!isMissing(error)) throw error
      this.#followed = wanted
      throw why
    } finally {
      if (this.#followed === instead)
        this.#options.report({
          type: 'older-api',
          wanted: wanted.kind.resource,
          instead: instead.kind.resource,
        })
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { transport, clock, random } = this.#options
    const { kind } = this.#followed
    const [from, to] = transport.watchSeconds
    const timeout = seconds(Math.round(from + random() * (to - from)))
    const started = clock.now()
    let events = 0
    for await (const event of watchEvents(kind, { transport, version: this.#version, timeout, signal })) {
      this.#apply(event)
      events += 1
    }
    this.activity.told()
    const lasted = clock.now() - started
    if (lasted >= shortWatch) return
    if (events === 0)
      throw new ApiError('refused', `the server ended the watch after ${Math.round(lasted)} ms`)
    await wait(clock, milliseconds(shortWatch - lasted), signal)
  }

  #apply(event: WatchEvent): void {
    // What is older than what we have must not replace it, and what came in between is lost: only a list can tell.
    if (isOlder(event.version, this.#version))
      throw new ApiError('garbage', `the server sent version ${event.version} after ${this.#version}`)
    this.#version = event.version
    this.activity.told()
    if (event.type === 'bookmark') return
    const key = keyOf(event.object)
    const before = this.#values.get(key)
    if (event.type === 'delete') {
      if (!this.#values.delete(key)) return
    } else {
      const after = sameOr(before, this.#followed.decode(event.object))
      if (before !== undefined && after === before) return
      if (before === undefined && this.#values.size >= mostObjects)
        throw new ApiError('garbage', `the server has more than ${mostObjects} ${this.kind.resource}`)
      this.#values.set(key, after)
    }
    this.activity.changed(event.object)
    this.#options.changed()
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { clock, report, returned } = this.#options
    const during = this.#next
    const trouble = error instanceof ApiError ? error.trouble : 'garbage'
    const asked = error instanceof ApiError ? (error.retryAfter ?? 0) : 0
    // A list that is too old for the server, or too new, is not to be asked for again.
    if (trouble === 'expired' && during === 'list') this.#version = ''
    if (trouble === 'expired' || trouble === 'garbage' || trouble === 'refused') this.#next = 'list'
    const retryIn = milliseconds(Math.max(this.#backoff.next(), asked))
    report({ type: 'api-trouble', ...whichOf(this.kind), during, trouble, reason: errorText(error), retryIn })
    const back = trouble === 'unreachable' || trouble === 'silent' ? returned?.() : undefined
    await wait(clock, retryIn, back ? AbortSignal.any([signal, back]) : signal)
  }
}

const isMissing = (error: unknown): boolean => error instanceof ApiError && error.status === 404
