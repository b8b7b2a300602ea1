import type { Family, IpAddress } from '../model/ip-address.js'
import { ipBatch, ipEach, type IpOptions } from '../routing/ip-command.js'
import { type LocalTable, ourRoutes } from '../routing/local-table.js'
import { additionOf, deletionOf, removeRoutes } from '../routing/our-routes.js'
import { addAddresses, deleteAddresses, ourAddresses, removeAddresses } from './dedicated-address.js'

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

export const localWays: Readonly<Record<Family, LocalWay>> = {
  IPv4: {
    ours: (_, table) => Promise.resolve(ourRoutes(table)),
    add: (options, addresses) => ipEach(options, addresses.map(additionOf)),
    delete: (options, addresses) => ipBatch(options, addresses.map(deletionOf)),
    removeAll: options => removeRoutes(options, 'local'),
  },
  // Nobody can listen on an IPv6 address that no interface has, whatever the routes say.
  IPv6: {
    ours: ourAddresses,
    add: addAddresses,
    delete: deleteAddresses,
    removeAll: removeAddresses,
  },
}
