import { cidrOf, cidrText } from '../model/cidr.js'
import type { Family } from '../model/ip-address.js'
import { type Port, port } from '../model/port.js'
import type { Protocol } from '../model/service-port.js'
import type { GuardedPort } from './capture.js'
import { refusing } from './portal-rules.js'
import type { Rule } from './rule.js'
import { dedicatedAddress, type Target } from './target.js'

const protocols: readonly Protocol[] = ['TCP', 'UDP']

/** The ports as iptables writes them, neighbours as one range: `14000:14002`, `14007`. */
const ranges = (ports: readonly Port[]): string[] => {
  const found: { first: number; last: number }[] = []
  for (const port of [...new Set(ports)].sort((a, b) => a - b)) {
    const range = found.at(-1)
    if (range?.last === port - 1) range.last = port
    else found.push({ first: port, last: port })
  }
  return found.map(({ first, last }) => (first === last ? String(first) : `${first}:${last}`))
}

/**
 * Lets in what was captured for our listeners, and refuses who comes to them directly.
 *
 * To conntrack a REDIRECT is a DNAT. These rules also keep conntrack in use: without any, the kernel would forget
 * how to translate connections that are still open as soon as nat is empty.
 */
export const guardRules = (
  guarded: readonly GuardedPort[],
  family: Family,
  target: Target,
): readonly Rule[] => {
  const address = dedicatedAddress(target, family)
  // Elsewhere the same port may be somebody else's.
  const there = address === undefined ? '' : `-d ${cidrText(cidrOf(address))} `
  return protocols.flatMap(protocol => {
    const ours = guarded.filter(each => each.protocol === protocol && each.family === family)
    const name = protocol.toLowerCase()
    return ranges(ours.map(({ port }) => port)).flatMap(range => {
      const match = `${there}-p ${name} -m ${name} --dport ${range} -m conntrack`
      return [
        `${match} --ctstate DNAT -j ACCEPT`,
        `${match} ! --ctstate DNAT -j ${refusing(protocol, family)}`,
      ]
    })
  })
}

/** Lets everybody in to these TCP ports of ours. */
export const openRules = (open: readonly Port[]): readonly Rule[] =>
  ranges(open).map(range => `-p tcp -m tcp --dport ${range} -j ACCEPT`)

const guardRule =
  /^(?:-d (\S+) )?-p (tcp|udp) -m \2 --dport ([1-9]\d*)(?::([1-9]\d*))? -m conntrack (?:! )?--ctstate DNAT -j /

/** What `rules`, a chain of guards, does for the target: the ports that it guards, and rules that are none of these. */
export const guardedBy = (
  rules: readonly Rule[],
  family: Family,
  target: Target,
): { readonly guarded: readonly GuardedPort[]; readonly others: readonly Rule[] } => {
  const address = dedicatedAddress(target, family)
  const there = address === undefined ? undefined : cidrText(cidrOf(address))
  const guarded: GuardedPort[] = []
  const others: Rule[] = []
  for (const rule of rules) {
    const [text, destination, name, first, last = first] = guardRule.exec(rule) ?? []
    if (text === undefined || destination !== there) others.push(rule)
    else
      for (let number = Number(first); number <= Number(last); number++)
        guarded.push({ family, protocol: name === 'udp' ? 'UDP' : 'TCP', port: port(number) })
  }
  return { guarded, others }
}
