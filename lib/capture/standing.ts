import type { Family } from '../model/ip-address.js'
import { port } from '../model/port.js'
import { type Protocol, servicePortText } from '../model/service-port.js'
import type { CapturedPortal } from './capture.js'
import { guardChain } from './chains.js'
import { guardedIn } from './guard.js'
import { portPlace } from './place.js'
import { comment, tokensOf } from './rule.js'
import { reached, type Ruleset } from './ruleset.js'
import { sendTo, type Target } from './target.js'

const capture = /-p (tcp|udp) .*-j ((?:REDIRECT|DNAT) .*\b([1-9]\d*))$/

const commentIn = (rule: string): string => {
  const tokens = tokensOf(rule)
  return tokens[tokens.indexOf('--comment') + 1] ?? ''
}

/** The service port by the name that its rules have, and its local port, as a key. */
export const standingKey = ({
  servicePort,
  localPort,
}: Pick<CapturedPortal, 'servicePort' | 'localPort'>): string =>
  `${commentIn(comment(servicePortText(servicePort)))} ${portPlace(localPort, servicePort.protocol)}`

/**
 * The service ports, as keys, whose clients the rules lead to their local ports, letting nobody else in; none where the kernel's own
 * chains do not lead to these rules.
 */
export const standingIn = ({ nat, filter }: Ruleset, family: Family, target: Target): ReadonlySet<string> => {
  const keys = new Set<string>()
  if (nat.references.length === 0 || !filter.references.some(({ from }) => from === 'INPUT')) return keys
  const guards = [...reached(filter, guardChain.name)].flatMap(name => filter.chains.get(name) ?? [])
  const guarded = new Set(guardedIn(guards, family, target).map(each => portPlace(each.port, each.protocol)))
  for (const rules of nat.chains.values())
    for (const rule of rules) {
      const [, name, action, number] = capture.exec(rule) ?? []
      if (number === undefined) continue
      const local = port(Number(number))
      const protocol: Protocol = name === 'udp' ? 'UDP' : 'TCP'
      const place = portPlace(local, protocol)
      if (action === sendTo(target, family, local) && guarded.has(place))
        keys.add(`${commentIn(rule)} ${place}`)
    }
  return keys
}
