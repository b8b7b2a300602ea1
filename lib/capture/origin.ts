import { type Cidr, cidrFamily, intersection } from '../model/cidr.js'
import type { Family } from '../model/ip-address.js'
import type { OwnPods } from '../model/own-pods.js'
import { clientsOf, type Portal } from '../model/portal.js'

/** Where packets come from, as a rule can tell. Without anything: from anywhere. */
export interface Origin {
  readonly source?: Cidr
  /** The interface they came in over. */
  readonly over?: string
  /** From this machine itself. */
  readonly own?: true
}

const anywhere: readonly Origin[] = [{}]

const insiders = (ownPods: OwnPods, family: Family): readonly Origin[] => {
  const node: Origin = { own: true }
  switch (ownPods.kind) {
    case 'unknown':
      return [node]
    case 'cidrs':
      return [...ownPods.cidrs.filter(each => cidrFamily(each) === family).map(source => ({ source })), node]
    case 'interface':
      return [{ over: ownPods.name }, node]
  }
}

/**
 * Where the portal's clients come from. Outsiders from anywhere: rules for the same portal's insiders stand before
 * theirs.
 */
export const originsOf = (portal: Portal, family: Family, ownPods: OwnPods): readonly Origin[] =>
  clientsOf(portal) === 'insiders' ? insiders(ownPods, family) : anywhere

/** What of the origins lies in one of `ranges`. */
export const within = (origins: readonly Origin[], ranges: readonly Cidr[]): readonly Origin[] =>
  origins.flatMap(origin =>
    ranges.flatMap(range => {
      const source = origin.source ? intersection(origin.source, range) : range
      return source ? [{ ...origin, source }] : []
    }),
  )
