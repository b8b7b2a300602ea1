import type { Host } from '../host/host.js'
import { Failure } from '../model/failure.js'
import type { Backend, BackendKind } from './backend.js'
import { heldRules, installedBackends } from './installed-backends.js'
import { howToInstall } from './iptables-failure.js'

/** Which iptables to use, and what is to be said about the choice. */
export interface BackendChoice {
  readonly backend: Backend
  readonly warning?: string
}

/** Chains that Docker, kubelet and CNIs make: whoever made them decided for this machine. */
const landmark =
  /^:(DOCKER|KUBE-IPTABLES-HINT|KUBE-KUBELET-CANARY|cali-|CILIUM_|CNI-|FLANNEL-|KUBE-ROUTER|WEAVE)/m

const weightOf = (saved: string): number => (landmark.test(saved) ? 2 : /^-A /m.test(saved) ? 1 : 0)

/**
 * The iptables to use: the `forced` one, else the one that already holds rules of Docker's, kubelet's or a CNI's,
 * else the one that holds any, else what plain `iptables` is. Rejects with a Failure `missing` when it is not there.
 */
export const chooseBackend = async (host: Host, forced?: BackendKind): Promise<BackendChoice> => {
  const installed = await installedBackends(host, 'IPv4')
  const candidates = installed.filter(({ kind }) => forced === undefined || kind === forced)
  const weighed = await Promise.all(
    candidates.map(async backend => ({ backend, weight: weightOf(await heldRules(host, backend, 'IPv4')) })),
  )
  const [best, other] = weighed.sort((a, b) => b.weight - a.weight)
  if (!best)
    throw new Failure('missing', `there is no ${forced ? `iptables-${forced}` : 'iptables'} here`, {
      cure: howToInstall,
    })
  const { backend } = best
  return other && other.weight > 0
    ? { backend, warning: `both kinds of iptables hold rules, ${backend.kind} is used: move all to one kind` }
    : { backend }
}
