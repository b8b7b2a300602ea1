import type { Family } from '../model/ip-address.js'
import { port } from '../model/port.js'
import { guardChain } from './chains.js'
import { guardedIn } from './guard.js'
import { type Place, portPlace } from './place.js'
import { reached, type Ruleset } from './ruleset.js'
import { sendTo, type Target } from './target.js'

const capture = /-p (tcp|udp) .*-j ((?:REDIRECT|DNAT) .*\b([1-9]\d*))$/

/**
 * The local ports, as places, that the rules lead clients to and let nobody else in; none where the kernel's own chains do not
 * lead to these rules.
 */
export const standingPorts = (
  { nat, filter }: Ruleset,
  family: Family,
  target: Target,
): ReadonlySet<Place> => {
  const places = new Set<Place>()
  if (nat.references.length === 0 || !filter.references.some(({ from }) => from === 'INPUT')) return places
  const guards = [...reached(filter, guardChain.name)].flatMap(name => filter.chains.get(name) ?? [])
  const guarded = new Set(guardedIn(guards, family, target).map(each => portPlace(each.port, each.protocol)))
  for (const rules of nat.chains.values())
    for (const rule of rules) {
      const [, name, action, number] = capture.exec(rule) ?? []
      if (number === undefined) continue
      const local = port(Number(number))
      const place = portPlace(local, name === 'udp' ? 'UDP' : 'TCP')
      if (action === sendTo(target, family, local) && guarded.has(place)) places.add(place)
    }
  return places
}
