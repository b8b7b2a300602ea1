import type { Platform } from '../host/host.js'
import { ipBatch, ipEach } from '../routing/ip-command.js'
import { ourRoutes, readLocalTable } from '../routing/local-table.js'
import { additionOf, deletionOf, removeRoutes } from '../routing/our-routes.js'
import { darwinWays } from './darwin/aliases.js'
import { addAddresses, deleteAddresses, ourAddresses, removeAddresses } from './dedicated-address.js'
import type { LocalWays } from './local-way.js'

const linuxWays: LocalWays = {
  IPv4: {
    table: readLocalTable,
    ours: (_, table) => Promise.resolve(ourRoutes(table)),
    add: (options, addresses) => ipEach(options, addresses.map(additionOf)),
    delete: (options, addresses) => ipBatch(options, addresses.map(deletionOf)),
    removeAll: options => removeRoutes(options, 'local'),
  },
  // Nobody can listen on an IPv6 address that no interface has, whatever the routes say.
  IPv6: {
    table: readLocalTable,
    ours: ourAddresses,
    add: addAddresses,
    delete: deleteAddresses,
    removeAll: removeAddresses,
  },
}

export const localWays: Readonly<Record<Platform, LocalWays>> = { linux: linuxWays, darwin: darwinWays }
