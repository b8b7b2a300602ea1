import type { Host } from '../host/host.js'
import type { Report } from '../model/event.js'
import { type Family, familyOf, type IpAddress } from '../model/ip-address.js'
import { clientsOf, type Portal } from '../model/portal.js'
import type { Applied, Capture, CapturedPortal, FamilyFailure, Preparation, Wanted } from './capture.js'
import { eachFamily, type Outcomes } from './each-family.js'
import type { IpOptions } from '../routing/ip-command.js'
import { isOnInterface, type LocalTable, whyShared } from '../routing/local-table.js'
import type { LocalWay } from './local-way.js'
import { localWays } from './local-ways.js'
import { settled } from './settled.js'
import { whyUnbound } from './why-unbound.js'

export interface LocalRoutesOptions {
  readonly host: Host
  readonly families: readonly Family[]
  /** This machine's addresses that have TCP connections now. */
  readonly connected: () => Promise<ReadonlySet<IpAddress>>
  readonly report: Report
}

/** What addresses this machine has, and which of them from us. */
interface Look {
  readonly table: LocalTable
  readonly ours: readonly string[]
}

const wayOf = ({ host, family }: IpOptions): LocalWay => localWays[host.platform][family]

/** The address that has to be this machine's own for clients to be met, or refused, at the portal. */
const addressAt = (portal: Portal): readonly IpAddress[] =>
  portal.kind === 'node-port' || clientsOf(portal) === 'insiders' || whyUnbound(portal) !== undefined
    ? []
    : [portal.address]

/**
 * Captures without iptables: portals' addresses become this machine's own, whole, and listeners are on the portals themselves.
 * At all other ports of these addresses, and where nobody serves, clients meet what they meet at the node's own: a daemon that
 * listens on all addresses, else a refusal.
 */
export class LocalRoutes implements Capture {
  readonly #options: LocalRoutesOptions
  /** As they were at the last look. */
  readonly #tables = new Map<Family, LocalTable>()
  /** All that we ever saw on `lo` because of us: for a while others may take them for this machine's even when they are gone. */
  readonly #lent = new Set<string>()
  /** What `apply` was asked for last. */
  #wanted: ReadonlySet<string> = new Set()
  /** Those of ours that were there, as far as we know: what is missing of these, somebody took away. */
  readonly #standing = new Map<Family, ReadonlySet<string>>()

  constructor(options: LocalRoutesOptions) {
    this.#options = options
  }

  /** Sees what addresses there are. Rejects with a Failure where that, and so all else, is not possible. */
  async look(): Promise<void> {
    await this.#eachFamily(async options => {
      await this.#look(options)
      return []
    })
  }

  /** Whether `address`, one of an interface of this machine, is that only because of us. */
  isLent(address: IpAddress): boolean {
    const table = this.#tables.get(familyOf(address))
    return this.#lent.has(address) && !(table && isOnInterface(table, address))
  }

  /** Why `address` cannot be made this machine's own, as far as was seen at the last look. */
  whyNot(address: IpAddress): string | undefined {
    const table = this.#tables.get(familyOf(address))
    return table && whyShared(table, address)
  }

  async prepare({ addresses }: Preparation): Promise<readonly FamilyFailure[]> {
    const { failures } = await this.#apart(async options => {
      if (addresses.some(address => familyOf(address) === options.family))
        await this.#add(options, addresses, await this.#table(options))
      return []
    })
    return failures
  }

  /** An address that is wanted no more stays for as long as there are connections to it, until it is looked at again. */
  async apply({ portals }: Wanted, except: readonly Family[] = []): Promise<Applied> {
    const addresses = portals.flatMap(({ portal }) => addressAt(portal))
    this.#wanted = new Set(addresses)
    const { results, failures } = await this.#apart(async (options): Promise<Family[]> => {
      const { family } = options
      if (except.includes(family)) return []
      const { table, ours } = await this.#look(options)
      const wanted = new Set<string>(addresses.filter(address => familyOf(address) === family))
      const gone = await this.#unconnected(ours.filter(address => !wanted.has(address)))
      const added = await this.#add(options, addresses, table)
      await wayOf(options).delete(options, gone)
      return added + gone.length > 0 ? [family] : []
    })
    return { written: results, failures }
  }

  /** Node ports need nothing to be led here: they stand where anything does. */
  standing(portals: readonly CapturedPortal[]): Promise<readonly CapturedPortal[]> {
    return this.#eachFamily(async options => {
      const { table, ours: left } = await this.#look(options)
      return portals.filter(
        ({ family, portal }) =>
          left.length > 0 &&
          family === options.family &&
          (portal.kind === 'node-port' || table.has(portal.address)),
      )
    })
  }

  async isIntact(): Promise<boolean> {
    const { results } = await this.#apart(async options => {
      const { ours } = await this.#look(options)
      const there = new Set(ours)
      const standing = this.#standing.get(options.family) ?? there
      const intact = [...standing].every(address => there.has(address) || !this.#wanted.has(address))
      if (intact) this.#standing.set(options.family, there)
      return [intact]
    })
    return results.every(intact => intact)
  }

  remove(): Promise<readonly string[]> {
    return this.#eachFamily(options => wayOf(options).removeAll(options))
  }

  #eachFamily<Result>(work: (options: IpOptions) => Promise<readonly Result[]>): Promise<readonly Result[]> {
    const { host, families } = this.#options
    return settled(families.map(family => work({ host, family })))
  }

  #apart<Result>(work: (options: IpOptions) => Promise<readonly Result[]>): Promise<Outcomes<Result>> {
    const { host, families } = this.#options
    return eachFamily(families, family => work({ host, family }))
  }

  async #table(options: IpOptions): Promise<LocalTable> {
    const table = await wayOf(options).table(options)
    this.#tables.set(options.family, table)
    return table
  }

  async #look(options: IpOptions): Promise<Look> {
    const table = await this.#table(options)
    const ours = await wayOf(options).ours(options, table)
    for (const address of ours) this.#lent.add(address)
    return { table, ours }
  }

  async #unconnected(addresses: readonly string[]): Promise<readonly string[]> {
    if (addresses.length === 0) return []
    const connected: ReadonlySet<string> = await this.#options.connected()
    return addresses.filter(address => !connected.has(address))
  }

  /**
   * What is this machine's own already needs nothing, and must not lose what it has. What the kernel refuses is left out: then
   * nobody can listen there, either. Resolves with how many were added.
   */
  async #add(options: IpOptions, addresses: readonly IpAddress[], table: LocalTable): Promise<number> {
    const missing = [...new Set(addresses)].filter(
      address => familyOf(address) === options.family && !table.has(address),
    )
    for (const address of missing) this.#lent.add(address)
    const added = await wayOf(options).add(options, missing)
    const { family } = options
    const standing = this.#standing.get(family) ?? new Set()
    const lost = missing.filter(address => standing.has(address)).length
    if (lost > 0) this.#options.report({ type: 'addresses-repaired', family, missing: lost })
    if (added === missing.length) this.#standing.set(family, new Set([...standing, ...missing]))
    return added
  }
}
