import { type Cidr, cidrText } from '../model/cidr.js'
import { Failure } from '../model/failure.js'
import { conflicts, inUse, type Landmark, overlapCure, type Surroundings } from '../routing/conflicts.js'

const taken = (range: Cidr, reasons: readonly string[]): string =>
  `the cluster's Services are at ${cidrText(range)}, which is ${inUse(reasons)}`

const overlap = (range: Cidr, surroundings: Surroundings): Failure | undefined => {
  const reasons = conflicts(range, surroundings)
  if (reasons.length === 0) return undefined
  return new Failure('conflict', taken(range, reasons), { cure: overlapCure })
}

const atApiServer = (range: Cidr, apiServers: readonly Landmark[]): Failure | undefined => {
  const reasons = conflicts(range, { routes: [], landmarks: apiServers })
  if (reasons.length === 0) return undefined
  return new Failure('conflict', taken(range, reasons), {
    cure: 'give the address at which the API server is outside of the cluster: --master',
  })
}

export interface RouteQuestion extends Surroundings {
  readonly apiServers: readonly Landmark[]
  /** Whether only the API server is to stay where it is. */
  readonly allowOverlap: boolean
}

/** Why not all of `ranges` may be routed to this machine; undefined where they may. */
export const routeConflict = (
  ranges: readonly Cidr[],
  { apiServers, allowOverlap, ...surroundings }: RouteQuestion,
): Failure | undefined => {
  for (const range of ranges) {
    const found = atApiServer(range, apiServers) ?? (allowOverlap ? undefined : overlap(range, surroundings))
    if (found) return found
  }
  return undefined
}
