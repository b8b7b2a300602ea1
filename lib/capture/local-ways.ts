import type { Family, IpAddress } from '../model/ip-address.js'
import { addAddresses, deleteAddresses, ourAddresses, removeAddresses } from './dedicated-address.js'
import { ip, ipBatch, ipEach, type IpOptions } from './ip-command.js'
import { type LocalTable, ourRoutes, protocol, readLocalTable } from './local-table.js'

/** How a family's addresses are made this machine's own. */
interface LocalWay {
  /** Those that we made that, in this run or in an earlier one. */
  readonly ours: (options: IpOptions, table: LocalTable) => Promise<readonly string[]>
  /** Resolves with how many the kernel let us add. */
  readonly add: (options: IpOptions, addresses: readonly IpAddress[]) => Promise<number>
  readonly delete: (options: IpOptions, addresses: readonly string[]) => Promise<void>
  /** Resolves with what was removed, a line each. */
  readonly removeAll: (options: IpOptions) => Promise<readonly string[]>
}

const routeLines = (verb: 'add' | 'delete', addresses: readonly string[]): string[] =>
  addresses.map(address => `route ${verb} local ${address} dev lo proto ${protocol} table local`)

/** Takes all our routes out, those of earlier runs included. Resolves with what was removed, a line each. */
export const removeRoutes = async (options: IpOptions): Promise<readonly string[]> => {
  const ours = ourRoutes(await readLocalTable(options))
  if (ours.length > 0) await ip(options, ['route', 'flush', 'table', 'local', 'proto', protocol])
  return ours.map(address => `${options.family} route to ${address} on lo`)
}

export const localWays: Readonly<Record<Family, LocalWay>> = {
  IPv4: {
    ours: (_, table) => Promise.resolve(ourRoutes(table)),
    add: (options, addresses) => ipEach(options, routeLines('add', addresses)),
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
