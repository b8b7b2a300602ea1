import { cidrOf, cidrText } from '../model/cidr.js'
import type { Family } from '../model/ip-address.js'
import type { Port } from '../model/port.js'
import type { Verdict } from '../model/portal.js'
import { type Protocol, servicePortText } from '../model/service-port.js'
import type { CapturedPortal, GuardedPort, Wanted } from './capture.js'
import { type Chain, type ChainName, chains, type Table } from './chains.js'
import { comment, type Rule } from './rule.js'
import type { Reference, Ruleset, TableRules } from './ruleset.js'

const protocols: readonly Protocol[] = ['TCP', 'UDP']

// The order of the arguments is that of `iptables-save`, so that rules are equal when nothing is to be done.
const portalRule = ({ portal, servicePort }: CapturedPortal, target: string): Rule => {
  const there = portal.kind === 'node-port' ? '' : `-d ${cidrText(cidrOf(portal.address))} `
  const protocol = servicePort.protocol.toLowerCase()
  const purpose = comment(servicePortText(servicePort))
  return `${there}-p ${protocol} ${purpose} -m ${protocol} --dport ${portal.port} -j ${target}`
}

/** How a client hears that nobody is there, as it would from a closed port. */
const refusing = (protocol: Protocol, family: Family): string => {
  // A reset and not ICMP, for TCP: it is not rate limited, and no firewall on its way takes it for optional.
  if (protocol === 'TCP') return 'REJECT --reject-with tcp-reset'
  return `REJECT --reject-with ${family === 'IPv4' ? 'icmp' : 'icmp6'}-port-unreachable`
}

const redirect = (captured: CapturedPortal): Rule =>
  portalRule(captured, `REDIRECT --to-ports ${captured.localPort}`)

const refusal = (captured: CapturedPortal): Rule =>
  portalRule(captured, refusing(captured.servicePort.protocol, captured.family))

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

// To conntrack a REDIRECT is a DNAT. These rules also keep conntrack in use: without any, the kernel would forget
// how to translate connections that are still open as soon as nat is empty.
const guard = (guarded: readonly GuardedPort[], protocol: Protocol, family: Family): Rule[] => {
  const ours = guarded.filter(each => each.protocol === protocol && each.family === family)
  const ports = ours.map(({ port }) => port)
  const name = protocol.toLowerCase()
  return ranges(ports).flatMap(range => [
    `-p ${name} -m ${name} --dport ${range} -m conntrack --ctstate DNAT -j ACCEPT`,
    `-p ${name} -m ${name} --dport ${range} -m conntrack ! --ctstate DNAT -j ${refusing(protocol, family)}`,
  ])
}

const references = (ours: readonly Chain[]): Reference[] => {
  const jumps = ours.flatMap(({ from, jump }) => from.map(chain => ({ from: chain, rule: jump })))
  return jumps.map(({ from, rule }, index) => ({
    from,
    place: jumps.slice(0, index + 1).filter(jump => jump.from === from).length,
    rule,
  }))
}

/** The rules that make the kernel do what is `wanted`, for one family. Equal whatever order the portals come in. */
export const rulesFor = (wanted: Wanted, family: Family): Ruleset => {
  const portals = wanted.portals.filter(portal => portal.family === family)
  const having = (verdict: Verdict): CapturedPortal[] => portals.filter(portal => portal.verdict === verdict)
  const redirects = having('serve').map(redirect).sort()
  const rules: Readonly<Record<ChainName, readonly Rule[]>> = {
    'KUBE-NODEPORT-NON-LOCAL': protocols.flatMap(each => guard(wanted.guarded, each, family)),
    'KUBE-PORTAL-REFUSE': having('refuse').map(refusal).sort(),
    'KUBE-PORTALS-CONTAINER': redirects,
    'KUBE-PORTALS-HOST': redirects,
  }
  const tableRules = (table: Table): TableRules => {
    const ours = chains.filter(chain => chain.table === table)
    return { chains: new Map(ours.map(({ name }) => [name, rules[name]])), references: references(ours) }
  }
  return { filter: tableRules('filter'), nat: tableRules('nat') }
}
