import type { Host } from '../host/host.js'
import type { Family } from '../model/ip-address.js'
import { programOf } from './backend.js'
import { installedBackends, outputOf } from './installed-backends.js'

/** What one kind of iptables has in force. */
export interface KernelRules {
  /** `iptables-nft`. */
  readonly kept: string
  /** As `iptables-save -c` prints them; undefined: we may not look, or it does not work. */
  readonly saved: string | undefined
}

/** The rules of a family as they are now, with the kernel's counters, in each kind of iptables that is installed. */
export const kernelRules = async (host: Host, family: Family): Promise<readonly KernelRules[]> => {
  const backends = await installedBackends(host, family)
  return Promise.all(
    backends.map(async backend => ({
      kept: `iptables-${backend.kind}`,
      saved: await outputOf(host, programOf(backend, family, 'save'), ['-c']),
    })),
  )
}
