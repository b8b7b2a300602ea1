import type { Host } from '../host/host.js'
import type { Report } from '../model/event.js'
import type { Family } from '../model/ip-address.js'
import { installedBackends } from './installed-backends.js'
import { Iptables } from './iptables.js'
import { settled } from './settled.js'

const families: readonly Family[] = ['IPv4', 'IPv6']

/**
 * Takes everything of ours, and of kube-proxy's userspace mode, out of every backend and family that this machine
 * has. Resolves with what was removed, a line each. Content where there is nothing, not even iptables; rejects
 * when something could not be looked at or removed, having tried the rest.
 */
export const cleanup = (host: Host, report: Report): Promise<readonly string[]> =>
  settled(
    families.map(async family => {
      const backends = await installedBackends(host, family)
      return settled(
        backends.map(backend => new Iptables({ host, backend, families: [family], report }).remove()),
      )
    }),
  )
