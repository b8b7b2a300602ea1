import type { Host } from '../host/host.js'
import { type Cidr, cidrFamily, cidrOf } from '../model/cidr.js'
import type { Report } from '../model/event.js'
import type { Family, IpAddress } from '../model/ip-address.js'
import { addLocal, deleteLocal, readOurs, removeRoutes } from '../routing/our-routes.js'
import { allowedRoutes, type ServiceRoutes, without } from './allowed-routes.js'
import type { Applied, Capture, CapturedPortal, FamilyFailure, Preparation, Wanted } from './capture.js'
import { eachFamily } from './each-family.js'
import { settled } from './settled.js'

export interface RoutedCaptureOptions {
  readonly host: Host
  readonly families: readonly Family[]
  /** Captures what comes as far as its rules, and closes ranges. */
  readonly inner: Capture
  /** Asked each time: it is not known before the cluster is. */
  readonly routes: () => ServiceRoutes
  /** This machine's addresses that have TCP connections now. */
  readonly connected: () => Promise<ReadonlySet<IpAddress>>
  readonly report: Report
}

/** What is to become of the routes of one family. */
interface Plan {
  /** What is to be closed: all that is routed here, by whomever. */
  readonly closed: readonly Cidr[]
  /** Ours that stay, be it for a while. */
  readonly kept: readonly Cidr[]
  readonly missing: readonly Cidr[]
  readonly gone: readonly Cidr[]
}

const clusterAddresses = ({ portals }: Wanted, family: Family): readonly Cidr[] => {
  const own = portals.filter(portal => portal.family === family)
  const addresses = own.flatMap(({ portal }) => (portal.kind === 'cluster-ip' ? [portal.address] : []))
  return [...new Set(addresses)].map(cidrOf)
}

const rangesOf = (ranges: readonly Cidr[], family: Family): readonly Cidr[] =>
  ranges.filter(range => cidrFamily(range) === family)

/** What is routed to this machine, and closed but for portals: all the addresses of Services, or those that are known. */
export const routedHere = (
  { on, ranges }: Pick<ServiceRoutes, 'on' | 'ranges'>,
  wanted: Wanted,
  family: Family,
): readonly Cidr[] => {
  if (!on) return []
  const own = rangesOf(ranges, family)
  return own.length > 0 ? own : clusterAddresses(wanted, family)
}

/**
 * Captures as `inner` does, and where no route leads to the cluster, too: its addresses become this machine's own, so that packets
 * get as far as the rules. All else at these addresses is closed: there is never a route without its refusals.
 */
export class RoutedCapture implements Capture {
  readonly #options: RoutedCaptureOptions
  /** The routes that were there, as far as we know: what is missing of these, somebody took away. */
  readonly #routed = new Map<Family, readonly Cidr[]>()

  #isForgotten = false

  constructor(options: RoutedCaptureOptions) {
    this.#options = options
  }

  /**
   * Rejects with a Failure `conflict` where the ranges that are to be routed may not be, as far as is known before anything is
   * changed. `served`: the addresses of portals.
   */
  async check(served: ReadonlySet<IpAddress>): Promise<void> {
    const { host, families, routes } = this.#options
    const services = routes()
    const { on, ranges } = services
    if (!on) return
    for (const family of families) {
      const ours = (await readOurs({ host, family }, 'local')).map(({ to }) => to)
      await allowedRoutes(
        { host, family },
        { ranges: without(rangesOf(ranges, family), ours), served, services },
      )
    }
  }

  prepare(opening: Preparation): Promise<readonly FamilyFailure[]> {
    return this.#options.inner.prepare(opening)
  }

  /** Where a family's routes may not be made, nothing of that family is changed. */
  async apply(wanted: Wanted, except: readonly Family[] = []): Promise<Applied> {
    const { inner, families } = this.#options
    if (!this.#isConcerned) {
      // Not while a run drains that never knew whether there are to be any.
      if (wanted.portals.length > 0) await this.#forget()
      return inner.apply(wanted, except)
    }
    const { results, failures } = await eachFamily(
      families.filter(family => !except.includes(family)),
      async (family): Promise<Family[]> => ((await this.#applyIn(family, wanted)) ? [family] : []),
    )
    return { written: results, failures }
  }

  standing(portals: readonly CapturedPortal[]): Promise<readonly CapturedPortal[]> {
    return this.#options.inner.standing(portals)
  }

  async isIntact(): Promise<boolean> {
    const { host, inner } = this.#options
    const rules = await inner.isIntact()
    const { results } = await eachFamily([...this.#routed.keys()], async family => {
      const there = await readOurs({ host, family }, 'local')
      const lost = without(
        this.#routed.get(family) ?? [],
        there.map(({ to }) => to),
      )
      return [lost.length === 0]
    })
    return rules && results.every(intact => intact)
  }

  /** Routes first: without its refusals, one would be a hole. One that cannot be taken out is no reason to leave rules behind. */
  async remove(): Promise<readonly string[]> {
    const routes = this.#isConcerned ? this.#removeRoutes() : this.#forget()
    await Promise.allSettled([routes])
    this.#routed.clear()
    // Where both fail, it is the rules' failure that tells why.
    const [rules, ways] = await Promise.allSettled([this.#options.inner.remove(), routes])
    if (rules.status === 'rejected') throw rules.reason
    if (ways.status === 'rejected') throw ways.reason
    return [...ways.value, ...rules.value]
  }

  #removeRoutes(): Promise<readonly string[]> {
    const { host, families } = this.#options
    return settled(families.map(family => removeRoutes({ host, family }, 'local')))
  }

  /**
   * Takes out, once, what a killed run left that had routes where this one has none: before its rules go. A machine that has them
   * by another way may have no program to look for them, and does not need one.
   */
  async #forget(): Promise<readonly string[]> {
    if (this.#isForgotten) return []
    this.#isForgotten = true
    return this.#removeRoutes().catch(() => [])
  }

  /** Whether routes are to be made, or to be taken back. */
  get #isConcerned(): boolean {
    return this.#options.routes().on || this.#routed.size > 0
  }

  /** Resolves with whether anything was changed. */
  async #applyIn(family: Family, wanted: Wanted): Promise<boolean> {
    const { host, inner, families, report } = this.#options
    const options = { host, family }
    const { closed, kept, missing, gone } = await this.#plan(family, wanted)
    await deleteLocal(options, gone)
    const others = families.filter(each => each !== family)
    const { written, failures } = await inner.apply({ ...wanted, closed }, others)
    for (const { error } of failures) throw error
    await addLocal(options, missing)
    const lost = missing.length - without(missing, this.#routed.get(family) ?? []).length
    if (lost > 0) report({ type: 'addresses-repaired', family, missing: lost })
    const routed = [...kept, ...missing]
    if (routed.length > 0) this.#routed.set(family, routed)
    else this.#routed.delete(family)
    return written.length + missing.length + gone.length > 0
  }

  /** Rejects with a Failure `conflict` where routes that are missing may not be made. */
  async #plan(family: Family, wanted: Wanted): Promise<Plan> {
    const { host } = this.#options
    const ours = (await readOurs({ host, family }, 'local')).map(({ to }) => to)
    const goal = this.#goal(family, wanted, ours)
    const left = without(ours, goal)
    const gone = left.length === 0 ? [] : await this.#unconnected(left)
    const lacking = without(goal, ours)
    const served = new Set(clusterAddresses(wanted, family).map(({ address }) => address))
    const services = this.#options.routes()
    const missing = await allowedRoutes({ host, family }, { ranges: lacking, served, services })
    return { closed: [...goal, ...without(left, gone)], kept: without(ours, gone), missing, gone }
  }

  #goal(family: Family, wanted: Wanted, ours: readonly Cidr[]): readonly Cidr[] {
    const services = this.#options.routes()
    // A stop that drains: connections that are still open need theirs.
    const isStop =
      services.on && wanted.portals.length === 0 && rangesOf(services.ranges, family).length === 0
    return isStop ? ours : routedHere(services, wanted, family)
  }

  /** Open connections outlive their Service, and the way to it with them. */
  async #unconnected(ranges: readonly Cidr[]): Promise<readonly Cidr[]> {
    const connected = await this.#options.connected()
    return ranges.filter(range => !connected.has(range.address))
  }
}
