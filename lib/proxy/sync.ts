import type { CapturedPortal } from '../capture/capture.js'
import type { Family } from '../model/ip-address.js'
import { milliseconds } from '../model/milliseconds.js'
import type { ServicePort } from '../model/service-port.js'
import { emptySnapshot, type Snapshot } from '../model/snapshot.js'
import { turn } from '../model/turn.js'
import { FamilyFailures } from './family-failures.js'
import { NodePortNotice } from './node-port-notice.js'
import type { ProxyParts } from './proxy-parts.js'
import { type PortView, viewOf } from './port-view.js'
import { resume } from './resume.js'
import { TakeOver } from './take-over.js'

const families: readonly Family[] = ['IPv4', 'IPv6']

/** What makes this machine serve a snapshot, in the safe order. */
export class Sync {
  readonly #parts: ProxyParts
  readonly #familyFailures: FamilyFailures
  readonly #nodePortNotice: NodePortNotice
  readonly #takeOver: TakeOver
  #isReady = false
  #snapshot = emptySnapshot
  /** What clients are led by, as far as it could be written. */
  readonly #inForce = new Map<Family, readonly CapturedPortal[]>()

  constructor(parts: ProxyParts) {
    this.#parts = parts
    this.#familyFailures = new FamilyFailures(parts.report)
    this.#nodePortNotice = new NodePortNotice(parts.report)
    this.#takeOver = new TakeOver(parts)
  }

  /** Whether a predecessor still serves. */
  get isTakingOver(): boolean {
    return this.#takeOver.isPending
  }

  /** What is served, and how far that has come. */
  get view(): readonly PortView[] {
    const inForce = new Set([...this.#inForce.values()].flat())
    return viewOf(this.#snapshot.servicePorts, { served: this.#parts.served, inForce })
  }

  /** As they were served last; undefined: nothing is known yet. */
  get servicePorts(): readonly ServicePort[] | undefined {
    return this.#snapshot === emptySnapshot ? undefined : this.#snapshot.servicePorts
  }

  /** See `FamilyFailures`. */
  get failures(): ReadonlyMap<Family, string> {
    return this.#familyFailures.reasons
  }

  /** Serves those whose rules an earlier run has left, and changes none. Resolves with whether there were any. */
  async resume(snapshot: Snapshot): Promise<boolean> {
    const resumed = await resume(snapshot, this.#parts)
    if (!resumed) return false
    const { served } = this.#parts
    const servicePorts = snapshot.servicePorts.filter(({ id }) => served.of(id))
    this.#keep({ ...snapshot, servicePorts }, served.captured(servicePorts), new Set())
    return true
  }

  /**
   * A listener is there before a rule points at it, and until none does. If rules fail, what worked goes on working: resolves with
   * the families in which they did, or rejects where they did in all.
   */
  async run(snapshot: Snapshot): Promise<ReadonlySet<Family>> {
    const { served, localPorts, capture, healthChecks, keeper, clock, report } = this.#parts
    const began = clock.now()
    const { servicePorts, ownPods } = snapshot
    // To make the snapshot may have taken a while.
    await turn()
    await this.#takeOver.begin()
    const { opened, failures: unready } = await served.open(snapshot)
    const nodePortAddresses = this.#parts.nodePortsAt(snapshot)
    this.#nodePortNotice.look(snapshot, nodePortAddresses)
    await healthChecks.update(snapshot.healthChecks, nodePortAddresses)
    const gone = served.missingFrom(servicePorts)
    await keeper.keepPorts()
    const wanted = {
      portals: served.captured(servicePorts),
      guarded: served.guarded,
      open: [...healthChecks.open, ...this.#parts.openPorts()],
      ...{ ownPods, ...(nodePortAddresses && { nodePortAddresses }) },
    }
    // Where listeners could not be opened, clients are still led to those of before.
    const left = unready.map(({ family }) => family)
    const { written, failures: unwritten } = await capture.apply(wanted, left)
    const failures = [...unready, ...unwritten]
    this.#keep(snapshot, wanted.portals, new Set(failures.map(({ family }) => family)))
    const failed = this.#familyFailures.tell(failures, snapshot)
    const closed = await served.drop(gone, failures)
    localPorts.keepOnly([...servicePorts.map(({ id }) => id), ...served.ids()])
    const duration = milliseconds(clock.now() - began)
    report({ type: 'synced', servicePorts: servicePorts.length, opened, closed, written, duration })
    keeper.keepSnapshot(snapshot)
    await this.#takeOver.end()
    void this.#prove(servicePorts, failed)
    return failed
  }

  /** Tries what is in force, and says once that it is all of it, and leads to us. */
  async #prove(servicePorts: readonly ServicePort[], failed: ReadonlySet<Family>): Promise<void> {
    const { selfTest, report } = this.#parts
    const isProven = selfTest ? await selfTest.look(servicePorts) : true
    if (!isProven || failed.size > 0 || this.#isReady) return
    this.#isReady = true
    report({ type: 'ready' })
  }

  #keep(snapshot: Snapshot, portals: readonly CapturedPortal[], failed: ReadonlySet<Family>): void {
    this.#snapshot = snapshot
    for (const family of families)
      if (!failed.has(family))
        this.#inForce.set(
          family,
          portals.filter(each => each.family === family),
        )
  }
}
