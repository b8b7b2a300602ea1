import type { IpAddress } from '../model/ip-address.js'
import { darwinSockets, isConnected } from './darwin/sockets.js'
import type { Host } from './host.js'
import { addressOf } from './other-sockets.js'

/** The local end of each socket, but for those that listen (0A), or that nobody has any more (06, TIME_WAIT). */
const localEnds = /^\s*\d+: ([0-9A-F]+):[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} (?!0A|06)/gm

/** This machine's addresses that have TCP connections, those under way included. None where the system does not tell. */
export const connectedAddresses = async (host: Host): Promise<ReadonlySet<IpAddress>> => {
  if (host.platform === 'darwin') {
    const sockets = (await darwinSockets(host, 'TCP')) ?? []
    return new Set(sockets.filter(isConnected).flatMap(({ local }) => local.address ?? []))
  }
  const tables = await Promise.all(['tcp', 'tcp6'].map(name => host.readFile(`/proc/self/net/${name}`)))
  const written = new Set(
    tables.flatMap(table => Array.from((table ?? '').matchAll(localEnds), ([, address = '']) => address)),
  )
  return new Set(Array.from(written, addressOf))
}
