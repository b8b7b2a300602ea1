import type { Endpoint } from '../../model/endpoint.js'
import type { TrafficPolicy } from '../../model/service-port.js'
import type { Candidate } from './candidates.js'
import type { Node } from './node.js'
import { nearest } from './topology.js'

const isReady = ({ state }: Candidate): boolean => state.ready
const isEnding = ({ state }: Candidate): boolean => state.serving && state.terminating

const plain = (candidates: readonly Candidate[]): readonly Endpoint[] =>
  candidates.map(({ address, port }) => ({ address, port }))

/**
 * Who serves new clients: of the ready ones those near `node`, as the API server's hints have it; where none is ready, those
 * that still serve while they terminate.
 */
const fromCluster = (all: readonly Candidate[], node: Node | undefined): readonly Candidate[] => {
  const ready = all.filter(isReady)
  return ready.length > 0 ? nearest(ready, node) : all.filter(isEnding)
}

/** The same among those of `node`, however many others are ready, and whatever the hints say. */
const ofNode = (all: readonly Candidate[], node: Node | undefined): readonly Candidate[] => {
  const local = all.filter(({ state }) => state.node !== undefined && state.node === node?.name)
  const ready = local.filter(isReady)
  return ready.length > 0 ? ready : local.filter(isEnding)
}

export interface Selection {
  readonly endpoints: readonly Endpoint[]
  /** Whether the Service has some that this policy leaves out. */
  readonly othersServe: boolean
}

/** Chooses by `policy` among all that a service port has. */
export const select = (
  policy: TrafficPolicy,
  all: readonly Candidate[],
  node: Node | undefined,
): Selection => {
  const cluster = fromCluster(all, node)
  return policy === 'Cluster'
    ? { endpoints: plain(cluster), othersServe: false }
    : { endpoints: plain(ofNode(all, node)), othersServe: cluster.length > 0 }
}
