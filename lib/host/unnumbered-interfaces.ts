import { networkInterfaces } from 'node:os'
import type { Family } from '../model/ip-address.js'
import type { Host } from './host.js'
import type { ReadInterfaces } from './local-addresses.js'

/** A family's routes, as the system has them, and where. */
interface Routes {
  readonly path: string
  /** The interface that a line's route leads over to its neighbours, who may send us packets; undefined for other lines. */
  readonly link: (line: string) => string | undefined
  readonly isAddress: (text: string) => boolean
}

const has = (flags: string | undefined, some: number): boolean =>
  (Number.parseInt(flags ?? '0', 16) & some) !== 0

// From the kernel's route.h and ipv6_route.h.
const gateway = 0x2
const reject = 0x200
const anycast = 0x10_0000
const local = 0x8000_0000

const linkLocal = /^fe[89ab]/i
const multicast = /^ff/i

const routes: Readonly<Record<Family, Routes>> = {
  IPv4: {
    path: '/proc/self/net/route',
    link: line => {
      const [name, , , flags, , , , mask] = line.split(/\s+/)
      const isDefault = mask === undefined || /^0+$/.test(mask)
      return isDefault || has(flags, gateway | reject) ? undefined : name
    },
    isAddress: text => !text.includes(':'),
  },
  IPv6: {
    path: '/proc/self/net/ipv6_route',
    link: line => {
      const [destination = '', size, , , , , , , flags, name] = line.trim().split(/\s+/)
      const isNobodys = size === '00' || linkLocal.test(destination) || multicast.test(destination)
      return isNobodys || has(flags, gateway | reject | anycast | local) ? undefined : name
    },
    // REDIRECT would take a link-local address, and TCP works over it (tried); but UDP's sockets are bound to addresses, and
    // such a one means nothing without its link.
    isAddress: text => text.includes(':') && !linkLocal.test(text),
  },
}

/**
 * The interfaces that routes of `family` lead over though they have no address of it, sorted: as Calico's for pods. REDIRECT has
 * no address there to send a packet to, and drops it. `table` is the text of /proc/net/route, or of /proc/net/ipv6_route.
 */
export const unnumberedIn = (
  table: string,
  { family, interfaces }: { readonly family: Family; readonly interfaces: ReturnType<ReadInterfaces> },
): readonly string[] => {
  const { link, isAddress } = routes[family]
  const isNumbered = (name: string): boolean =>
    interfaces[name]?.some(({ address }) => isAddress(address)) ?? false
  const names = new Set(table.split('\n').flatMap(line => link(line) ?? []))
  // `Iface` is the head of the table, and `*` or `lo` is where packets are dropped.
  return [...names].filter(name => !['Iface', '*', 'lo'].includes(name) && !isNumbered(name)).sort()
}

/** The unnumbered interfaces of this machine over which packets may come. None where the system does not tell. */
export const unnumberedInterfaces = async (
  host: Host,
  family: Family,
  read: ReadInterfaces = networkInterfaces,
): Promise<readonly string[]> => {
  const table = (await host.readFile(routes[family].path)) ?? ''
  const found = []
  for (const name of unnumberedIn(table, { family, interfaces: read() }))
    if (await mayReceive(host, name)) found.push(name)
  return found
}

/** The addresses of an interface without a carrier are not told, as of a Docker bridge without containers: it may have some. */
const mayReceive = async (host: Host, name: string): Promise<boolean> => {
  const state = (await host.readFile(`/sys/class/net/${name}/operstate`))?.trim() ?? 'unknown'
  return state === 'up' || state === 'unknown'
}
