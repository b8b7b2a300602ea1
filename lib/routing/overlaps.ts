import { type Cidr, cidrFamily, intersection, isOneAddress } from '../model/cidr.js'
import type { Family } from '../model/ip-address.js'
import { isOurs, type Route } from './route.js'

/** So few bits are a default route in pieces, as VPNs make it: `0.0.0.0/1` and `128.0.0.0/1`, `2000::/3`. */
const defaultBits: Readonly<Record<Family, number>> = { IPv4: 1, IPv6: 3 }

/** Whether the route is for what no other one is for. */
export const isDefault = ({ to }: Route): boolean => to.bits <= defaultBits[cidrFamily(to)]

/** Whether somebody can be met by the route: another machine, or this one at an address that it has. */
const leadsToSomebody = ({ kind, to, device }: Route): boolean => {
  switch (kind) {
    case 'unicast':
      return true
    case 'local':
      // Single addresses on lo are put there for those who listen on them: they stay more special than any range.
      return device !== 'lo' || !isOneAddress(to)
    case 'broadcast':
    case 'anycast':
    case 'multicast':
    // They keep packets from the default route's way: nobody is missed who is met there instead.
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
    case 'throw':
      return false
  }
}

/** Those routes of others, in any table, whose machines could not be met any more, in part or all, if `range` were routed. */
export const overlaps = (range: Cidr, routes: readonly Route[]): readonly Route[] =>
  routes.filter(
    route =>
      !isOurs(route) &&
      !isDefault(route) &&
      leadsToSomebody(route) &&
      intersection(range, route.to) !== undefined,
  )
