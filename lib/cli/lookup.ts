import { lookup as ask } from 'node:dns/promises'
import { ipAddress } from '../model/ip-address.js'
import type { Lookup } from '../watch/server-addresses.js'

/** All addresses of a host, as everything on this machine has them: from its hosts file, or from DNS. */
export const lookup: Lookup = async host =>
  (await ask(host, { all: true })).map(({ address }) => ipAddress(address))
