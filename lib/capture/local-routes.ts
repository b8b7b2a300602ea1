import type { Host } from '../host/host.js'
import { cidrOf, cidrText } from '../model/cidr.js'
import { type Family, familyOf, type IpAddress } from '../model/ip-address.js'
import type { Capture, Preparation, Wanted } from './capture.js'
import { ip, type IpOptions } from './ip-command.js'
import { settled } from './settled.js'

export interface LocalRoutesOptions {
  readonly host: Host
  readonly families: readonly Family[]
}

/** How we know our routes again. No other program uses this number (/etc/iproute2/rt_protos). */
const protocol = '142'

/** What the kernel takes for this machine's own. */
interface LocalTable {
  readonly addresses: ReadonlySet<string>
  readonly ours: ReadonlySet<string>
}

const route = /^local (\S+) (.*)$/gm

const read = async (options: IpOptions): Promise<LocalTable> => {
  const text = await ip(options, ['route', 'show', 'table', 'local'])
  const addresses = new Set<string>()
  const ours = new Set<string>()
  for (const [, address = '', rest = ''] of text.matchAll(route)) {
    addresses.add(address)
    if (/\bproto 142\b/.test(rest)) ours.add(address)
  }
  return { addresses, ours }
}

const change = async (
  options: IpOptions,
  verb: 'add' | 'delete',
  addresses: readonly string[],
): Promise<void> => {
  if (addresses.length === 0) return
  const lines = addresses.map(
    address => `route ${verb} local ${address} dev lo proto ${protocol} table local\n`,
  )
  await ip(options, ['-batch', '-'], lines.join(''))
}

/** Takes all our routes out, those of earlier runs included. Resolves with what was removed, a line each. */
export const removeRoutes = async (options: IpOptions): Promise<readonly string[]> => {
  const { ours } = await read(options)
  if (ours.size > 0) await ip(options, ['route', 'flush', 'table', 'local', 'proto', protocol])
  return [...ours].map(address => `${options.family} route to ${address} on lo`)
}

/**
 * Captures without iptables: portals' addresses become this machine's own, and listeners are on the portals themselves. What is
 * not served is refused, as any closed port is; and daemons that listen on all addresses answer on these, too.
 */
export class LocalRoutes implements Capture {
  readonly #options: LocalRoutesOptions

  constructor(options: LocalRoutesOptions) {
    this.#options = options
  }

  async prepare({ addresses }: Preparation): Promise<void> {
    await this.#eachFamily(async options => {
      const wanted = new Set(addresses.filter(address => familyOf(address) === options.family))
      if (wanted.size > 0) await this.#add(options, wanted, await read(options))
      return []
    })
  }

  apply({ portals }: Wanted): Promise<readonly Family[]> {
    const addresses = new Set(
      portals.flatMap(({ portal }) => (portal.kind === 'node-port' ? [] : [portal.address])),
    )
    return this.#eachFamily(async options => {
      const table = await read(options)
      const wanted = new Set([...addresses].filter(address => familyOf(address) === options.family))
      const gone = [...table.ours].filter(address => !new Set<string>(wanted).has(address))
      const added = await this.#add(options, wanted, table)
      await change(options, 'delete', gone)
      return added + gone.length > 0 ? [options.family] : []
    })
  }

  remove(): Promise<readonly string[]> {
    return this.#eachFamily(removeRoutes)
  }

  #eachFamily<Result>(work: (options: IpOptions) => Promise<readonly Result[]>): Promise<readonly Result[]> {
    const { host, families } = this.#options
    return settled(families.map(family => work({ host, family })))
  }

  /** What is this machine's own already needs no route, and must not lose the one it has. */
  async #add(options: IpOptions, wanted: ReadonlySet<IpAddress>, table: LocalTable): Promise<number> {
    const missing = [...wanted].filter(address => !table.addresses.has(address))
    await change(
      options,
      'add',
      missing.map(address => cidrText(cidrOf(address))),
    )
    return missing.length
  }
}
