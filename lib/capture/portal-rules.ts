import { cidrFamily, cidrOf, cidrText } from '../model/cidr.js'
import type { Family } from '../model/ip-address.js'
import type { OwnPods } from '../model/own-pods.js'
import type { Verdict } from '../model/portal.js'
import { type Protocol, servicePortText } from '../model/service-port.js'
import type { CapturedPortal } from './capture.js'
import { type Origin, originsOf, within } from './origin.js'
import { comment, type Rule } from './rule.js'
import { sendTo, type Target } from './target.js'

// The order of the arguments is that of `iptables-save`, so that rules are equal when nothing is to be done.
const portalRule = ({ portal, servicePort }: CapturedPortal, origin: Origin, action: string): Rule => {
  const protocol = servicePort.protocol.toLowerCase()
  return [
    // What holds for all is not written.
    origin.source && origin.source.bits > 0 ? `-s ${cidrText(origin.source)} ` : '',
    portal.kind === 'node-port' ? '' : `-d ${cidrText(cidrOf(portal.address))} `,
    origin.over === undefined ? '' : `-i ${origin.over} `,
    `-p ${protocol} ${comment(servicePortText(servicePort))} -m ${protocol} --dport ${portal.port} `,
    origin.own ? '-m addrtype --src-type LOCAL ' : '',
    `-j ${action}`,
  ].join('')
}

/** How a client hears that nobody is there, as it would from a closed port. */
export const refusing = (protocol: Protocol, family: Family): string => {
  // A reset and not ICMP, for TCP: it is not rate limited, and no firewall on its way takes it for optional.
  if (protocol === 'TCP') return 'REJECT --reject-with tcp-reset'
  return `REJECT --reject-with ${family === 'IPv4' ? 'icmp' : 'icmp6'}-port-unreachable`
}

const unserved = (verdict: Verdict, protocol: Protocol, family: Family): string | undefined => {
  switch (verdict) {
    case 'serve':
      return undefined
    case 'refuse':
      return refusing(protocol, family)
    case 'drop':
      return 'DROP'
  }
}

const rulesFrom = (captured: CapturedPortal, origins: readonly Origin[], action: string): readonly Rule[] => [
  ...new Set(origins.map(origin => portalRule(captured, origin, action))),
]

const admitted = ({ portal, family }: CapturedPortal, origins: readonly Origin[]): readonly Origin[] => {
  const { sources } = portal.kind === 'load-balancer' ? portal : {}
  return sources
    ? within(
        origins,
        sources.filter(range => cidrFamily(range) === family),
      )
    : origins
}

/** What stands in nat for the portal: packets of clients that are served go to its listener. */
export const captureRules = (captured: CapturedPortal, ownPods: OwnPods, target: Target): readonly Rule[] => {
  const { portal, family, verdict, localPort } = captured
  if (verdict !== 'serve') return []
  const origins = admitted(captured, originsOf(portal, family, ownPods))
  return rulesFrom(captured, origins, sendTo(target, family, localPort))
}

/** What stands in filter: clients that are not served are refused or dropped, and dropped who may not come at all. */
export const refusalRules = (captured: CapturedPortal, ownPods: OwnPods): readonly Rule[] => {
  const { portal, family, verdict, servicePort } = captured
  const action = unserved(verdict, servicePort.protocol, family)
  const origins = originsOf(portal, family, ownPods)
  const rules = action === undefined ? [] : rulesFrom(captured, admitted(captured, origins), action)
  // What was captured does not carry the portal's address any more.
  const rest = portal.kind === 'load-balancer' && portal.sources ? rulesFrom(captured, origins, 'DROP') : []
  return [...rules, ...rest]
}
