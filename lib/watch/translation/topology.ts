import type { Candidate } from './candidates.js'
import type { Node } from './node.js'

/** Those that are meant for `place`, if all are meant for some and one of them for this. */
const meantFor = (
  place: string | undefined,
  ready: readonly Candidate[],
  hintsOf: (candidate: Candidate) => readonly string[],
): readonly Candidate[] | undefined => {
  if (place === undefined || ready.some(each => hintsOf(each).length === 0)) return undefined
  const meant = ready.filter(each => hintsOf(each).includes(place))
  return meant.length > 0 ? meant : undefined
}

/**
 * Those of the ready endpoints that the API server means for clients of `node`: for the node itself, else for its zone, else
 * all. Half a set of hints counts as none: it is being written just now.
 */
export const nearest = (ready: readonly Candidate[], node: Node | undefined): readonly Candidate[] =>
  meantFor(node?.name, ready, ({ state }) => state.forNodes) ??
  meantFor(node?.zone, ready, ({ state }) => state.forZones) ??
  ready
