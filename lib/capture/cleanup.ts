import type { Host } from '../host/host.js'
import type { Report } from '../model/event.js'
import { Failure } from '../model/failure.js'
import type { Family, IpAddress } from '../model/ip-address.js'
import { installedBackends } from './installed-backends.js'
import type { IpOptions } from '../routing/ip-command.js'
import { removeRoutes } from '../routing/our-routes.js'
import { darwinWays } from './darwin/aliases.js'
import { removeAddresses } from './dedicated-address.js'
import { Iptables } from './iptables.js'
import { settled } from './settled.js'

export interface CleanupOptions {
  readonly host: Host
  /** This machine's addresses: where node ports are. */
  readonly addresses: () => readonly IpAddress[]
  readonly report: Report
}

const families: readonly Family[] = ['IPv4', 'IPv6']

/** Without the program, or the right to use it, nothing was made with it. */
export const ifThere = async (removed: Promise<readonly string[]>): Promise<readonly string[]> => {
  try {
    return await removed
  } catch (error) {
    if (error instanceof Failure && error.code === 'missing') return []
    throw error
  }
}

/**
 * Takes everything of ours, and of kube-proxy's userspace mode, out of every backend and family that this machine
 * has. Resolves with what was removed, a line each. Content where there is nothing, not even iptables; rejects
 * when something could not be looked at or removed, having tried the rest; but rules stay where routes do.
 */
export const cleanup = (options: CleanupOptions): Promise<readonly string[]> =>
  settled(
    families.map(async family => {
      if (options.host.platform === 'darwin')
        return darwinWays[family].removeAll({ host: options.host, family })
      const backends = await installedBackends(options.host, family)
      const ip: IpOptions = { host: options.host, family }
      // Before the rules that refuse whoever would come over them to others than us.
      const routes = await ifThere(removeRoutes(ip, 'all'))
      const rest = await settled([
        ...backends.map(backend => new Iptables({ ...options, backend, families: [family] }).remove()),
        ifThere(removeAddresses(ip)),
      ])
      return [...routes, ...rest]
    }),
  )
