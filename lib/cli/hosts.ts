import { hostsBlock } from '../names/hosts-block.js'
import { hostsLines } from '../names/hosts-lines.js'
import { openCluster } from './cluster.js'
import type { HostsOptions } from './options/hosts.js'
import { stderrLog } from './stderr-log.js'

/**
 * `kube-portal hosts`: prints a block for a hosts file, with the Services as they are now. Rejects with a Failure when the API server
 * cannot be reached or refuses.
 */
export const hosts = async (options: HostsOptions): Promise<void> => {
  const log = stderrLog({ loggingFormat: 'text', v: 0 })
  const { source, readOnce } = await openCluster(
    { ...options, capture: 'none', iptablesBackend: 'auto' },
    {
      ...{ families: ['IPv4', 'IPv6'], namespaces: options.namespace, nodes: 'none' },
      // Whoever wants names does not want to know where they came from, nor what is not proxied.
      ...{ log: { ...log, info: () => undefined }, report: () => undefined },
    },
  )
  try {
    await readOnce(new AbortController().signal)
    process.stdout.write(hostsBlock(hostsLines(source.snapshot().servicePorts, options.clusterDomain)))
  } finally {
    await source.close()
  }
}
