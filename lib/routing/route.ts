import { type Cidr, cidr, cidrOf, cidrText, isOneAddress } from '../model/cidr.js'
import { type Family, type IpAddress, ipAddress } from '../model/ip-address.js'
import { ip, type IpOptions } from './ip-command.js'

const kinds = [
  ...(['unicast', 'local', 'broadcast', 'anycast', 'multicast'] as const),
  ...(['blackhole', 'unreachable', 'prohibit', 'throw'] as const),
]

/** What becomes of packets: on their way, taken for this machine's own, … */
export type RouteKind = (typeof kinds)[number]

/** Where the kernel sends packets to some addresses. */
export interface Route {
  readonly kind: RouteKind
  readonly to: Cidr
  /** `main`, `local`, or the number of another one. */
  readonly table: string
  /** The next machine on the way, or the first of several; absent: those who have the addresses are met directly. */
  readonly via?: IpAddress
  readonly device?: string
  /** Who made it: `kernel`, `dhcp`, `static`, or a number. */
  readonly protocol?: string
  /** As `ip route` prints it, in one line. */
  readonly text: string
}

/** How we know our routes again. No other program uses this number (/etc/iproute2/rt_protos). */
export const protocol = '142'

export const isOurs = (route: Route): boolean => route.protocol === protocol

const everything: Readonly<Record<Family, Cidr>> = { IPv4: cidr('0.0.0.0/0'), IPv6: cidr('::/0') }

/** The addresses, as `ip route` reads and writes them: `10.96.0.0/16`, `10.96.0.10`. */
export const destinationText = (range: Cidr): string =>
  isOneAddress(range) ? range.address : cidrText(range)

const kindOf = (word: string): RouteKind | undefined => kinds.find(kind => kind === word)

const readDestination = (text: string, family: Family): Cidr => {
  if (text === 'default') return everything[family]
  return text.includes('/') ? cidr(text) : cidrOf(ipAddress(text))
}

const keys = new Set(['via', 'dev', 'proto', 'table'])

/** What comes after each of the words that we read: `dev lo`; the first time, where there are several. */
const attributesIn = (words: readonly string[]): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (let at = 0; at < words.length; at += 1) {
    const key = words[at] ?? ''
    if (!keys.has(key)) continue
    at += 1
    // `via inet6 fe80::1`: the way is of the other family.
    if (/^inet6?$/.test(words[at] ?? '')) at += 1
    if (!found.has(key)) found.set(key, words[at] ?? '')
  }
  return found
}

const readRoute = (text: string, family: Family): Route => {
  const words = text.split(' ')
  const kind = kindOf(words[0] ?? '')
  const [to = '', ...rest] = kind ? words.slice(1) : words
  const attributes = attributesIn(rest)
  const [via, device, made] = [attributes.get('via'), attributes.get('dev'), attributes.get('proto')]
  return {
    kind: kind ?? 'unicast',
    to: readDestination(to, family),
    table: attributes.get('table') ?? 'main',
    ...(via !== undefined && { via: ipAddress(via) }),
    ...(device !== undefined && { device }),
    ...(made !== undefined && { protocol: made }),
    text,
  }
}

/** Reads what `ip route show table all` printed for a family. What makes no sense to us is left out. */
export const routesIn = (text: string, family: Family): readonly Route[] =>
  text
    // Where there are several ways, each has a line of its own.
    .replaceAll(/\s*\n\s+/g, ' ')
    .split('\n')
    .map(line => line.trim().replaceAll(/\s+/g, ' '))
    .filter(line => line !== '')
    .flatMap(line => {
      try {
        return [readRoute(line, family)]
      } catch (error) {
        if (error instanceof RangeError) return []
        throw error
      }
    })

/** All routes of a family, in all tables; or those that `selector` means, as `ip route show` has it: `proto`, `142`. */
export const readRoutes = async (
  options: IpOptions,
  selector: readonly string[] = [],
): Promise<readonly Route[]> =>
  routesIn(await ip(options, ['route', 'show', 'table', 'all', ...selector]), options.family)
