import { cidrText } from '../../model/cidr.js'
import { Failure } from '../../model/failure.js'
import type { RoutedNodes } from './node-routes.js'
import type { NodeTrouble } from './plan.js'

const unreached = ({ node, to, reason }: NodeTrouble): string =>
  `the pods of node ${node} (${cidrText(to)}) cannot be routed to: ${reason}`

const nobody = 'no Node tells where its pods are (spec.podCIDR)'

/** Why not all pods are reached by routes, a sentence each; empty where they are. */
export const whyUnrouted = ({ routes, troubles }: RoutedNodes): readonly string[] =>
  routes.length + troubles.length === 0 ? [nobody] : troubles.map(unreached)

/** Why `--reach routes` makes no sense here: others have addresses of pods, or nobody's are reached. Undefined where it does. */
export const routesFailure = ({ routes, troubles }: RoutedNodes): Failure | undefined => {
  const conflict = troubles.find(({ kind }) => kind === 'conflict')
  if (conflict) return new Failure('conflict', unreached(conflict), { cure: conflict.cure })
  if (routes.length > 0) return undefined
  const [first] = troubles
  const cure =
    first?.cure ?? 'reach endpoints in another way: --reach portforward, or direct where others route'
  return new Failure('missing', first ? unreached(first) : nobody, { cure })
}
