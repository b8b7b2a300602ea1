import type { Host } from '../host/host.js'
import { type Family, familyOf, type IpAddress } from '../model/ip-address.js'
import type { Applied, Capture, FamilyFailure, Preparation, Wanted } from './capture.js'
import { eachFamily, type Outcomes } from './each-family.js'
import { addAddresses, deleteAddresses, ourAddresses, removeAddresses } from './dedicated-address.js'
import { ip, ipBatch, type IpOptions } from './ip-command.js'
import { settled } from './settled.js'

export interface LocalRoutesOptions {
  readonly host: Host
  readonly families: readonly Family[]
}

/** How we know our routes again. No other program uses this number (/etc/iproute2/rt_protos). */
const protocol = '142'

const route = /^local (\S+) (.*)$/gm

/** The addresses that the kernel takes for this machine's own, with what else it says of the route to each. */
const localTable = async (options: IpOptions): Promise<ReadonlyMap<string, string>> => {
  const text = await ip(options, ['route', 'show', 'table', 'local'])
  return new Map(Array.from(text.matchAll(route), ([, address = '', rest = '']) => [address, rest]))
}

const ourRoutes = (table: ReadonlyMap<string, string>): readonly string[] =>
  [...table].filter(([, rest]) => / proto 142\b/.test(rest)).map(([address]) => address)

/** Takes all our routes out, those of earlier runs included. Resolves with what was removed, a line each. */
export const removeRoutes = async (options: IpOptions): Promise<readonly string[]> => {
  const ours = ourRoutes(await localTable(options))
  if (ours.length > 0) await ip(options, ['route', 'flush', 'table', 'local', 'proto', protocol])
  return ours.map(address => `${options.family} route to ${address} on lo`)
}

/** How a family's addresses are made this machine's own. */
interface Way {
  readonly ours: (options: IpOptions, table: ReadonlyMap<string, string>) => Promise<readonly string[]>
  readonly add: (options: IpOptions, addresses: readonly IpAddress[]) => Promise<void>
  readonly delete: (options: IpOptions, addresses: readonly string[]) => Promise<void>
  readonly removeAll: (options: IpOptions) => Promise<readonly string[]>
}

const routeLines = (verb: 'add' | 'delete', addresses: readonly string[]): string[] =>
  addresses.map(address => `route ${verb} local ${address} dev lo proto ${protocol} table local`)

const ways: Readonly<Record<Family, Way>> = {
  IPv4: {
    ours: (_, table) => Promise.resolve(ourRoutes(table)),
    add: (options, addresses) => ipBatch(options, routeLines('add', addresses)),
    delete: (options, addresses) => ipBatch(options, routeLines('delete', addresses)),
    removeAll: removeRoutes,
  },
  // Nobody can listen on an IPv6 address that no interface has, whatever the routes say.
  IPv6: {
    ours: ourAddresses,
    add: addAddresses,
    delete: deleteAddresses,
    removeAll: removeAddresses,
  },
}

/**
 * Takes out what makes portals' addresses this machine's own, and addresses that are kept for captured packets: of this run
 * and of earlier ones. Resolves with what was removed, a line each.
 */
export const removeLocal = async (options: IpOptions): Promise<readonly string[]> => [
  ...(await removeAddresses(options)),
  ...(await removeRoutes(options)),
]

/**
 * Captures without iptables: portals' addresses become this machine's own, and listeners are on the portals themselves. What is
 * not served is refused, as any closed port is; and daemons that listen on all addresses answer on these, too.
 */
export class LocalRoutes implements Capture {
  readonly #options: LocalRoutesOptions

  constructor(options: LocalRoutesOptions) {
    this.#options = options
  }

  async prepare({ addresses }: Preparation): Promise<readonly FamilyFailure[]> {
    const { failures } = await this.#apart(async options => {
      if (addresses.some(address => familyOf(address) === options.family))
        await this.#add(options, addresses, await localTable(options))
      return []
    })
    return failures
  }

  async apply({ portals }: Wanted): Promise<Applied> {
    const addresses = portals.flatMap(({ portal }) => (portal.kind === 'node-port' ? [] : [portal.address]))
    const { results, failures } = await this.#apart(async (options): Promise<Family[]> => {
      const { family } = options
      const table = await localTable(options)
      const wanted = new Set<string>(addresses.filter(address => familyOf(address) === family))
      const gone = (await ways[family].ours(options, table)).filter(address => !wanted.has(address))
      const added = await this.#add(options, addresses, table)
      await ways[family].delete(options, gone)
      return added + gone.length > 0 ? [family] : []
    })
    return { written: results, failures }
  }

  remove(): Promise<readonly string[]> {
    return this.#eachFamily(options => ways[options.family].removeAll(options))
  }

  #eachFamily<Result>(work: (options: IpOptions) => Promise<readonly Result[]>): Promise<readonly Result[]> {
    const { host, families } = this.#options
    return settled(families.map(family => work({ host, family })))
  }

  #apart<Result>(work: (options: IpOptions) => Promise<readonly Result[]>): Promise<Outcomes<Result>> {
    const { host, families } = this.#options
    return eachFamily(families, family => work({ host, family }))
  }

  /** What is this machine's own already needs nothing, and must not lose what it has. Resolves with how many were added. */
  async #add(
    options: IpOptions,
    addresses: readonly IpAddress[],
    table: ReadonlyMap<string, string>,
  ): Promise<number> {
    const missing = [...new Set(addresses)].filter(
      address => familyOf(address) === options.family && !table.has(address),
    )
    await ways[options.family].add(options, missing)
    return missing.length
  }
}
