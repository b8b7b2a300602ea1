import { kubeProxyRules, type KubeProxyRules } from '../capture/kube-proxy.js'
import type { Host } from '../host/host.js'
import { Failure } from '../model/failure.js'
import type { IpAddress } from '../model/ip-address.js'
import type { Snapshot } from '../model/snapshot.js'

const described = ({ kept, addresses }: KubeProxyRules): string =>
  `${kept}, ${addresses.length} ${addresses.length === 1 ? 'address' : 'addresses'}, such as ${addresses[0] ?? ''}`

/**
 * Why we may not serve `snapshot` beside the `rules` of a kube-proxy: it leads away the same addresses. Undefined where it leads
 * away none of ours. Without a snapshot nobody can tell, so all of them count.
 */
export const whyRival = (
  rules: readonly KubeProxyRules[],
  snapshot: Snapshot | undefined,
): Failure | undefined => {
  const ours = new Set<IpAddress>(
    snapshot?.servicePorts.flatMap(({ portals }) =>
      portals.flatMap(portal => (portal.kind === 'node-port' ? [] : [portal.address])),
    ),
  )
  const shared = rules
    .map(({ kept, addresses }) => ({
      kept,
      addresses: addresses.filter(address => snapshot === undefined || ours.has(address)),
    }))
    .filter(({ addresses }) => addresses.length > 0)
  if (shared.length === 0) return undefined
  const whose = snapshot === undefined ? 'perhaps of the same Services' : 'of the same Services'
  const message = `kube-proxy has rules in force here (${shared.map(described).join('; ')}), ${whose}: it would compete with us for clients`
  return new Failure('conflict', message, {
    cure: 'stop kube-proxy and take its rules out (kube-proxy --cleanup), or go before it with --force; nothing was touched',
  })
}

interface RivalCheck {
  readonly host: Host
  readonly source: { readonly ready: boolean; snapshot(): Snapshot }
  /** Aborted when we are to stop anyway. */
  readonly signal: AbortSignal
}

/** Rejects with a Failure `conflict` where a kube-proxy has rules for Services of the `source`, or may have. */
export const checkRivals = async ({ host, source, signal }: RivalCheck): Promise<void> => {
  const rules = await kubeProxyRules(host)
  const conflict = whyRival(rules, source.ready ? source.snapshot() : undefined)
  if (conflict && !signal.aborted) throw conflict
}
