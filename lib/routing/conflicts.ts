import { type Cidr, cidrHas } from '../model/cidr.js'
import { type IpAddress, ipAddress } from '../model/ip-address.js'
import { isDefault, overlaps } from './overlaps.js'
import { isOurs, type Route } from './route.js'

/** An address that has to stay where it is, and who is there: `the API server`. */
export interface Landmark {
  readonly address: IpAddress
  readonly what: string
}

/** What there is already, before a range is routed. */
export interface Surroundings {
  readonly routes: readonly Route[]
  readonly landmarks: readonly Landmark[]
}

const gateways = (routes: readonly Route[]): readonly Landmark[] =>
  routes.flatMap(route =>
    isDefault(route) && !isOurs(route) && route.via !== undefined
      ? [{ address: route.via, what: 'the default gateway' }]
      : [],
  )

const nameserver = /^\s*nameserver\s+(\S+)/gm

/** Those that a `resolv.conf` names. */
export const nameserversIn = (text: string): readonly Landmark[] =>
  Array.from(text.matchAll(nameserver), ([, address = '']) => address).flatMap(address => {
    try {
      return [{ address: ipAddress(address), what: 'a name server' }]
    } catch {
      // With a zone: then it is link-local, and in no range of a cluster's.
      return []
    }
  })

/** In words: the first three, and how many more there are. */
export const inUse = (reasons: readonly string[]): string => {
  const more = reasons.length - 3
  return `in use here: ${reasons.slice(0, 3).join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}

/** What can be done about them. */
export const overlapCure =
  'leave that network; or go on anyway with --allow-overlap, and what it has there is not met any more'

/**
 * What could not be met any more where it is now if `range` were routed elsewhere: routes as `ip` prints them, and who has an
 * address.
 */
export const conflicts = (range: Cidr, { routes, landmarks }: Surroundings): readonly string[] => [
  ...new Set([
    ...overlaps(range, routes).map(({ text }) => text),
    ...[...gateways(routes), ...landmarks]
      .filter(({ address }) => cidrHas(range, address))
      .map(({ address, what }) => `${address}, ${what}`),
  ]),
]
