import { nothingWanted } from '../capture/capture.js'
import { errorText } from '../model/error-text.js'
import { type Milliseconds, milliseconds } from '../model/milliseconds.js'
import type { Snapshot } from '../model/snapshot.js'
import { turn } from '../model/turn.js'
import { drain } from './drain.js'
import { FamilyFailures } from './family-failures.js'
import { leftBehind } from './left-behind.js'
import { NodePortNotice } from './node-port-notice.js'
import { RateLimiter } from './rate-limiter.js'
import { resume } from './resume.js'
import type { ProxyParts } from './proxy-parts.js'
import type { Source } from './source.js'
import { type StopOptions, StopTime } from './stop-time.js'
import { SyncFailures } from './sync-failures.js'
import { TakeOver } from './take-over.js'

/** The loop: makes this machine serve what the source says, and keeps it so. */
export class Proxy {
  readonly #parts: ProxyParts
  #source: Source | undefined
  #limiter: RateLimiter | undefined
  /** Since when a change has not been put into force. */
  #waitingSince: Milliseconds | undefined
  /** Whether the source has seen everything once. */
  #informed = false
  readonly #failures: SyncFailures
  readonly #familyFailures: FamilyFailures
  readonly #nodePortNotice: NodePortNotice
  readonly #takeOver: TakeOver

  constructor(parts: ProxyParts) {
    this.#parts = parts
    this.#takeOver = new TakeOver(parts)
    this.#failures = new SyncFailures(parts.report)
    this.#familyFailures = new FamilyFailures(parts.report)
    this.#nodePortNotice = new NodePortNotice(parts.report)
  }

  /**
   * Serves what an earlier run left: those service ports of its `snapshot` whose clients are still led here. Changes no rule.
   * Resolves with whether there were any. To be called before `start`, whose first sync takes over.
   */
  resume(snapshot: Snapshot): Promise<boolean> {
    return resume(snapshot, this.#parts)
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
      this.#informed = true
      this.#waitingSince ??= clock.now()
      limiter.request()
    })
  }

  /** Whether no change has waited for longer than twice the sync period, as kube-proxy has it. */
  get isHealthy(): boolean {
    const { clock, syncPeriod } = this.#parts
    return this.#waitingSince === undefined || clock.now() - this.#waitingSince <= 2 * syncPeriod
  }

  /** Whether a predecessor still serves. */
  get isTakingOver(): boolean {
    return this.#takeOver.isPending
  }

  /** Asks for a sync: something has changed that the source does not know of, such as this machine's addresses. */
  resync(): void {
    if (this.#informed) this.#limiter?.request()
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
    await this.#source?.close()
    await Promise.all([this.#limiter?.stop(), this.#parts.selfTest?.close()])
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
    try {
      report({ type: 'stopping', connections: connections.count, drainTimeout })
      time.next()
      await this.#source?.close()
      await Promise.all([this.#limiter?.stop(), this.#parts.selfTest?.close()])
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

  async #syncInTime(source: Source): Promise<boolean> {
    const since = this.#waitingSince
    this.#waitingSince = undefined
    try {
      return await this.#sync(source.snapshot())
    } catch (error) {
      this.#waitingSince = since ?? this.#parts.clock.now()
      throw error
    }
  }

  /**
   * A listener is there before a rule points at it, and until none does. If rules fail, what worked goes on working. Resolves
   * with whether all is done.
   */
  async #sync(snapshot: Snapshot): Promise<boolean> {
    const { served, localPorts, capture, healthChecks, keeper, nodePortsAt, clock, report } = this.#parts
    const began = clock.now()
    const { servicePorts } = snapshot
    // To make the snapshot may have taken a while.
    await turn()
    await this.#takeOver.begin()
    const { opened, failures: unready } = await served.open(snapshot)
    const nodePortAddresses = nodePortsAt(snapshot)
    this.#nodePortNotice.look(snapshot, nodePortAddresses)
    await healthChecks.update(snapshot.healthChecks, nodePortAddresses)
    const gone = served.missingFrom(servicePorts)
    await keeper.keepPorts()
    const wanted = {
      portals: served.captured(servicePorts),
      guarded: served.guarded,
      open: healthChecks.open,
      ownPods: snapshot.ownPods,
      ...(nodePortAddresses && { nodePortAddresses }),
    }
    // Where listeners could not be opened, clients are still led to those of before.
    const left = unready.map(({ family }) => family)
    const applied = await capture.apply(wanted, left)
    const failures = [...unready, ...applied.failures]
    this.#familyFailures.tell(failures, snapshot)
    const closed = await served.drop(gone, failures)
    localPorts.keepOnly([...servicePorts.map(({ id }) => id), ...served.ids()])
    const duration = milliseconds(clock.now() - began)
    report({
      type: 'synced',
      servicePorts: servicePorts.length,
      opened,
      closed,
      written: applied.written,
      duration,
    })
    this.#failures.over()
    keeper.keepSnapshot(snapshot)
    await this.#takeOver.end()
    void this.#parts.selfTest?.look(servicePorts)
    return failures.length === 0
  }

  /** Takes the portals' rules out and leaves the guard. Not being able to is not the end: `remove` comes later. */
  async #retire(): Promise<void> {
    const { served, capture, report } = this.#parts
    const { guarded } = served
    if (guarded.length === 0) return
    const { failures } = await capture.apply({ ...nothingWanted, guarded })
    for (const { family, error } of failures)
      report({ type: 'retire-failed', reason: `${family}: ${errorText(error)}` })
  }
}
