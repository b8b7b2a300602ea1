import { comment, type Rule } from './rule.js'

export const tables = ['filter', 'nat'] as const
export type Table = (typeof tables)[number]

export type ChainName =
  'KUBE-PORTALS-CONTAINER' | 'KUBE-PORTALS-HOST' | 'KUBE-NODEPORT-NON-LOCAL' | 'KUBE-PORTAL-REFUSE'

/** A chain of ours. */
export interface Chain {
  readonly table: Table
  readonly name: ChainName
  /** The kernel's chains that lead to it, by `jump`, before all rules that are not ours. */
  readonly from: readonly string[]
  readonly jump: Rule
}

const portals = comment('handle ClusterIPs; NOTE: this must be before the NodePort rules')
const nodePorts = comment('Ensure that non-local NodePort traffic can flow')
const refusals = comment('refuse new clients of portals without endpoints')

/**
 * All chains that we make. The names and comments are those of kube-proxy's userspace mode, where it had the chain.
 * Jumps from the same chain stand there in this order: the guard's is the first rule of INPUT.
 */
export const chains: readonly Chain[] = [
  {
    table: 'filter',
    name: 'KUBE-NODEPORT-NON-LOCAL',
    from: ['INPUT'],
    jump: `${nodePorts} -j KUBE-NODEPORT-NON-LOCAL`,
  },
  {
    table: 'filter',
    name: 'KUBE-PORTAL-REFUSE',
    // INPUT too: where the cluster's addresses are routed to this machine, refused clients arrive there.
    from: ['INPUT', 'FORWARD', 'OUTPUT'],
    jump: `-m conntrack --ctstate NEW ${refusals} -j KUBE-PORTAL-REFUSE`,
  },
  {
    table: 'nat',
    name: 'KUBE-PORTALS-CONTAINER',
    from: ['PREROUTING'],
    jump: `${portals} -j KUBE-PORTALS-CONTAINER`,
  },
  {
    table: 'nat',
    name: 'KUBE-PORTALS-HOST',
    from: ['OUTPUT'],
    jump: `${portals} -j KUBE-PORTALS-HOST`,
  },
]

/** Chains of kube-proxy's userspace mode that we do not make, and remove where it left them. */
const abandoned = new Set(['KUBE-NODEPORT-CONTAINER', 'KUBE-NODEPORT-HOST'])

/**
 * Whether the chain is ours to change and remove, or was kube-proxy's userspace mode's. Whole names only:
 * `KUBE-NODEPORTS`, for one, belongs to the kube-proxy of today.
 */
export const isOurs = (table: Table, name: string): boolean =>
  chains.some(chain => chain.table === table && chain.name === name) ||
  (table === 'nat' && abandoned.has(name))
