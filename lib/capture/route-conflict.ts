import { type Cidr, cidrText } from '../model/cidr.js'
import { Failure } from '../model/failure.js'
import { conflicts, type Landmark, type Surroundings } from '../routing/conflicts.js'

/** The first three, and how many more there are. */
const someOf = (texts: readonly string[]): string => {
  const more = texts.length - 3
  return texts.slice(0, 3).join('; ') + (more > 0 ? `; and ${more} more` : '')
}

const inUse = (range: Cidr, reasons: readonly string[]): string =>
  `the cluster's Services are at ${cidrText(range)}, which is in use here: ${someOf(reasons)}`

const overlap = (range: Cidr, surroundings: Surroundings): Failure | undefined => {
  const reasons = conflicts(range, surroundings)
  if (reasons.length === 0) return undefined
  return new Failure('conflict', inUse(range, reasons), {
    cure: 'leave that network; or go on anyway with --allow-overlap, and what it has in that range is not met any more',
  })
}

const atApiServer = (range: Cidr, apiServers: readonly Landmark[]): Failure | undefined => {
  const reasons = conflicts(range, { routes: [], landmarks: apiServers })
  if (reasons.length === 0) return undefined
  return new Failure('conflict', inUse(range, reasons), {
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
