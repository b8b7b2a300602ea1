import { cidrOf, cidrText } from '../model/cidr.js'
import type { Family } from '../model/ip-address.js'
import { type Port, port } from '../model/port.js'
import type { Protocol } from '../model/service-port.js'
import type { GuardedPort } from './capture.js'
import { portPlace } from './place.js'
import { refusing } from './portal-rules.js'
import type { Rule } from './rule.js'
import { manyRules, split, type SplitRules } from './split.js'
import { dedicatedAddress, type Target } from './target.js'

const protocols: readonly Protocol[] = ['TCP', 'UDP']

/** Ports that are neighbours. */
type Range = Readonly<Record<'first' | 'last', number>>

const rangesOf = (ports: readonly Port[]): Range[] => {
  const found: { first: number; last: number }[] = []
  for (const port of [...new Set(ports)].sort((a, b) => a - b)) {
    const range = found.at(-1)
    if (range?.last === port - 1) range.last = port
    else found.push({ first: port, last: port })
  }
  return found
}

const sixteen = 16

/** The range in pieces, all ports of which but the last digit (of 16) are the same. */
const pieces = ({ first, last }: Range): Range[] => {
  const end = first - (first % sixteen) + sixteen - 1
  return end >= last ? [{ first, last }] : [{ first, last: end }, ...pieces({ first: end + 1, last })]
}

/** The range as iptables writes it: `14000:14002`, `14007`. */
const rangeText = ({ first, last }: Range): string => (first === last ? String(first) : `${first}:${last}`)

/**
 * Lets in what was captured for our listeners, and refuses who comes to them directly. Every packet that comes in meets these
 * rules: where TCP and UDP ports are mixed, and ranges are many, they are split.
 *
 * To conntrack a REDIRECT is a DNAT. These rules also keep conntrack in use: without any, the kernel would forget
 * how to translate connections that are still open as soon as nat is empty.
 */
export const guardRules = (guarded: readonly GuardedPort[], family: Family, target: Target): SplitRules => {
  const address = dedicatedAddress(target, family)
  // Elsewhere the same port may be somebody else's.
  const there = address === undefined ? '' : `-d ${cidrText(cidrOf(address))} `
  const ranges = protocols.flatMap(protocol => {
    const ours = guarded.filter(each => each.protocol === protocol && each.family === family)
    return rangesOf(ours.map(({ port }) => port)).map(range => ({ protocol, range }))
  })
  const rulesOf = (protocol: Protocol, range: Range): readonly Rule[] => {
    const name = protocol.toLowerCase()
    const match = `${there}-p ${name} -m ${name} --dport ${rangeText(range)} -m conntrack`
    return [`${match} --ctstate DNAT -j ACCEPT`, `${match} ! --ctstate DNAT -j ${refusing(protocol, family)}`]
  }
  const cut = ranges.length * 2 <= manyRules ? (range: Range) => [range] : pieces
  const placed = ranges.flatMap(({ protocol, range }) =>
    cut(range).map(piece => ({
      place: portPlace(port(piece.first), protocol),
      rules: rulesOf(protocol, piece),
    })),
  )
  return split(placed, { addressDigits: 0, purpose: 'guard' })
}

/** Lets everybody in to these TCP ports of ours. */
export const openRules = (open: readonly Port[]): readonly Rule[] =>
  rangesOf(open).map(range => `-p tcp -m tcp --dport ${rangeText(range)} -j ACCEPT`)

const openRule = /^-p tcp -m tcp --dport \S+ -j ACCEPT$/

/** Whether the rule is one of `openRules`. */
export const isOpening = (rule: Rule): boolean => openRule.test(rule)

const guardRule =
  /^(?:-d (\S+) )?-p (tcp|udp) -m \2 --dport ([1-9]\d*)(?::([1-9]\d*))? -m conntrack --ctstate DNAT -j ACCEPT$/

/** The ports that `rules` guard for the target. */
export const guardedIn = (rules: readonly Rule[], family: Family, target: Target): readonly GuardedPort[] => {
  const address = dedicatedAddress(target, family)
  const there = address === undefined ? undefined : cidrText(cidrOf(address))
  return rules.flatMap(rule => {
    const [text, destination, name, first, last = first] = guardRule.exec(rule) ?? []
    if (text === undefined || destination !== there) return []
    const protocol = name === 'udp' ? 'UDP' : 'TCP'
    const size = Number(last) - Number(first) + 1
    return Array.from({ length: size }, (_, index) => ({
      family,
      protocol,
      port: port(Number(first) + index),
    }))
  })
}
