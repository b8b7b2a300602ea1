import { nothingWanted } from '../capture/capture.js'
import { errorText } from '../model/error-text.js'
import type { Health } from '../model/health.js'
import { type Milliseconds, milliseconds } from '../model/milliseconds.js'
import type { Family } from '../model/ip-address.js'
import type { ServicePort } from '../model/service-port.js'
import type { Snapshot } from '../model/snapshot.js'
import { drain } from './drain.js'
import { leftBehind } from './left-behind.js'
import { Progress } from './progress.js'
import type { ProxyParts } from './proxy-parts.js'
import { RateLimiter } from './rate-limiter.js'
import type { PortView } from './port-view.js'
import type { Source } from './source.js'
import { type StopOptions, StopTime } from './stop-time.js'
import { Sync } from './sync.js'
import { SyncFailures } from './sync-failures.js'

/** The loop: makes this machine serve what the source says, and keeps it so. */
export class Proxy {
  readonly #parts: ProxyParts
  readonly #sync: Sync
  readonly #progress: Progress
  readonly #failures: SyncFailures
  #source: Source | undefined
  #limiter: RateLimiter | undefined

  constructor(parts: ProxyParts) {
    const { clock, syncPeriod, report } = parts
    this.#parts = parts
    this.#sync = new Sync(parts)
    // As kube-proxy has it.
    this.#progress = new Progress({ clock, patience: milliseconds(2 * syncPeriod) })
    this.#failures = new SyncFailures(report)
  }

  /**
   * Serves what an earlier run left: those service ports of its `snapshot` whose clients are still led here. Changes no rule.
   * Resolves with whether there were any. To be called before `start`, whose first sync takes over.
   */
  async resume(snapshot: Snapshot): Promise<boolean> {
    const resumed = await this.#sync.resume(snapshot)
    if (resumed) this.#progress.resumed()
    return resumed
  }

  /** Begins to serve what `source` says. What goes wrong from here on is reported and tried again. */
  start(source: Source): void {
    const { clock, syncPeriod: period, minSyncPeriod: minPeriod } = this.#parts
    const limiter = new RateLimiter({
      work: () => this.#syncInTime(source),
      failed: (error, retryIn) => this.#failures.tell(error, retryIn),
      ...{ period, minPeriod, clock },
    })
    this.#source = source
    this.#limiter = limiter
    source.start(() => {
      this.#progress.changed()
      limiter.request()
    })
  }

  /** How it is now. */
  get health(): Health {
    return this.#progress.health
  }

  /** When the source has changed last, by the clock; undefined: never. */
  get queued(): Milliseconds | undefined {
    return this.#progress.queued
  }

  /** What it serves now, and how far that has come. */
  get view(): readonly PortView[] {
    return this.#sync.view
  }

  /** The service ports as they were served last, the same array until any changes; undefined: they are not known yet. */
  get servicePorts(): readonly ServicePort[] | undefined {
    return this.#sync.servicePorts
  }

  /** Why nothing can be brought up to date, in the families in which that is so. */
  get failures(): ReadonlyMap<Family, string> {
    return this.#sync.failures
  }

  /** Whether a predecessor still serves. */
  get isTakingOver(): boolean {
    return this.#sync.isTakingOver
  }

  /** Asks for a sync: something has changed that the source does not know of, such as this machine's addresses. */
  resync(): void {
    if (this.#progress.informed) this.#limiter?.request()
  }

  /** Changes nothing until `goOn`, for a successor that is about to take over. Resolves when nothing is under way. */
  async rest(): Promise<void> {
    await this.#limiter?.stop()
    await this.#parts.keeper.rest()
  }

  /** There is no successor after all. */
  goOn(): void {
    this.#limiter?.goOn()
  }

  /**
   * Leaves everything to a successor that has our listening sockets: accepts nobody any more, and touches no rule. Resolves
   * when that is so; connections go on.
   */
  async handOver(): Promise<void> {
    const { served, healthChecks, keeper } = this.#parts
    await this.#quiet()
    await Promise.all([served.close(), healthChecks.close(), keeper.close()])
  }

  /**
   * Serves no more, in the safe order: rules out, so that nobody new comes; listeners closed, once those already on
   * their way are in; connections until they end by themselves, at most for `drainTimeout`; then the rest of the rules.
   * Done a second after that, whatever programs do that are not at work. Rejects with a Failure when rules are left behind.
   */
  async stop(options: StopOptions): Promise<void> {
    const { served, capture, connections, keeper, clock, report } = this.#parts
    const { drainTimeout, hurry } = options
    const time = new StopTime(options, clock)
    this.#progress.stop()
    try {
      report({ type: 'stopping', connections: connections.count, drainTimeout })
      time.next()
      await this.#quiet()
      time.next()
      await this.#retire()
      await Promise.all([served.close(), this.#parts.healthChecks.close()])
      await drain(connections.ended, { timeout: time.drain, hurry, clock })
      const reset = connections.reset()
      await connections.ended
      time.last()
      const { length: removed } = await capture.remove().catch(leftBehind)
      await keeper.forget()
      report({ type: 'stopped', reset, removed })
    } finally {
      time.close()
    }
  }

  /** Ends without a stop: rules stay as they are, and who comes is refused. */
  async leave(): Promise<void> {
    const { served, connections, healthChecks, keeper } = this.#parts
    await Promise.all([served.close(), healthChecks.close(), keeper.close()])
    connections.reset()
    await connections.ended
  }

  /** Begins nothing any more. Resolves when nothing is under way. */
  async #quiet(): Promise<void> {
    await this.#source?.close()
    await Promise.all([this.#limiter?.stop(), this.#parts.selfTest?.close()])
  }

  /** Resolves with whether all was done. */
  async #syncInTime(source: Source): Promise<boolean> {
    try {
      const snapshot = source.snapshot()
      this.#progress.begin(snapshot)
      const failed = await this.#sync.run(snapshot)
      this.#progress.end(failed)
      this.#failures.over()
      return failed.size === 0
    } catch (error) {
      this.#progress.fail()
      throw error
    }
  }

  /** Takes the portals' rules out and leaves the guard. Not being able to is not the end: `remove` comes later. */
  async #retire(): Promise<void> {
    const { served, capture, openPorts, report } = this.#parts
    const { guarded } = served
    if (guarded.length === 0) return
    const { failures } = await capture.apply({ ...nothingWanted, guarded, open: openPorts() })
    for (const { family, error } of failures)
      report({ type: 'retire-failed', reason: `${family}: ${errorText(error)}` })
  }
}
