import { comment, type Rule } from './rule.js'

export const tables = ['filter', 'nat'] as const
export type Table = (typeof tables)[number]

/** A chain of ours that the kernel's own chains lead to. */
export interface Chain {
  readonly table: Table
  readonly name: string
  /** The kernel's chains that lead to it, by `jump`. */
  readonly from: readonly string[]
  /** Before all rules that are not ours; or at the end, and then wherever it stands by now. */
  readonly place: 'first' | 'last'
  readonly jump: Rule
}

const portals = comment('handle ClusterIPs; NOTE: this must be before the NodePort rules')
const nodePorts = comment('handle service NodePorts; NOTE: this must be the last rule in the chain')
const guard = comment('Ensure that non-local NodePort traffic can flow')
const refusals = comment('refuse new clients of portals without endpoints')

/** Where local ports are guarded. */
export const guardChain: Chain = {
  table: 'filter',
  name: 'KUBE-NODEPORT-NON-LOCAL',
  from: ['INPUT'],
  place: 'first',
  jump: `${guard} -j KUBE-NODEPORT-NON-LOCAL`,
}

/** Where portals that are not served are refused. */
export const refuseChain: Chain = {
  table: 'filter',
  name: 'KUBE-PORTAL-REFUSE',
  // INPUT too: where the cluster's addresses are routed to this machine, refused clients arrive there.
  from: ['INPUT', 'FORWARD', 'OUTPUT'],
  place: 'first',
  jump: `-m conntrack --ctstate NEW ${refusals} -j KUBE-PORTAL-REFUSE`,
}

const natChain = (name: string, from: string, { place, jump }: Pick<Chain, 'place' | 'jump'>): Chain => ({
  ...{ table: 'nat', name, from: [from], place },
  jump: `${jump} -j ${name}`,
})

/** Where portals with an address of their own lead to listeners: for pods, and for this machine itself. */
export const portalChains: readonly Chain[] = [
  natChain('KUBE-PORTALS-CONTAINER', 'PREROUTING', { place: 'first', jump: portals }),
  natChain('KUBE-PORTALS-HOST', 'OUTPUT', { place: 'first', jump: portals }),
]

/** What goes to this machine itself, under any of its addresses. */
export const toThisMachine = '-m addrtype --dst-type LOCAL'

/** Where node ports lead to listeners. They are there only where there are node ports. */
export const nodePortChains: readonly Chain[] = [
  natChain('KUBE-NODEPORT-CONTAINER', 'PREROUTING', { place: 'last', jump: `${toThisMachine} ${nodePorts}` }),
  natChain('KUBE-NODEPORT-HOST', 'OUTPUT', { place: 'last', jump: `${toThisMachine} ${nodePorts}` }),
]

/** Holds the rules of node ports where not all chains that lead to them can hold them all. */
export const nodePortRules = 'KUBE-PORTAL-NODEPORTS'

/**
 * All chains that the kernel's lead to. The names and comments are those of kube-proxy's userspace mode, where it had the chain.
 * Jumps from the same chain stand there in this order: the guard's is the first rule of INPUT.
 */
export const chains: readonly Chain[] = [guardChain, refuseChain, ...portalChains, ...nodePortChains]

/** Chains for a part of the rules, see `split`, and the one for node ports. */
const inner = /^KUBE-PORTAL-(?:[0-9a-f]{12}|NODEPORTS)$/

/**
 * Whether the chain is ours to change and remove, or was kube-proxy's userspace mode's. Whole names only:
 * `KUBE-NODEPORTS`, for one, belongs to the kube-proxy of today.
 */
export const isOurs = (table: Table, name: string): boolean =>
  chains.some(chain => chain.table === table && chain.name === name) || inner.test(name)
