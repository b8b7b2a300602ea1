import { installText } from '../capture/restore-text.js'
import type { ServicePortId } from '../model/service-port.js'
import { openLog } from '../observe/log.js'
import { LocalPorts } from '../proxy/local-ports.js'
import { wantedFor } from '../proxy/wanted.js'
import { openCluster } from './cluster.js'
import type { RunOptions } from './options.js'
import { stateFile } from './state-file.js'

const tentative = (id: ServicePortId, port: number): string => `# tentative: local port ${port} of ${id}\n`

/**
 * `kube-portal run --dry-run`: prints what iptables-restore would be given for the cluster as it is now, and changes
 * nothing. Local ports are those of the last run, else the next free ones, which are named as tentative. Rejects with a
 * Failure when the API server cannot be reached or refuses.
 */
export const dryRun = async (options: RunOptions): Promise<void> => {
  const log = openLog({ format: options.loggingFormat, verbosity: options.v, stream: process.stderr })
  const { source, readOnce } = await openCluster(options, log)
  try {
    // A signal ends the process as it is: there is nothing to take back.
    await readOnce(new AbortController().signal)
    const { servicePorts } = source.snapshot()
    const { localPorts: saved } = await (await stateFile(options)).read()
    const localPorts = new LocalPorts(options.proxyPortRange, saved)
    const placed = servicePorts.map(servicePort => ({
      servicePort,
      localPort: localPorts.for(servicePort.id),
    }))
    const guesses = placed
      .filter(({ servicePort: { id }, localPort }) => saved.get(id) !== localPort)
      .map(({ servicePort: { id }, localPort }) => tentative(id, localPort))
    process.stdout.write(`${guesses.join('')}${installText(wantedFor(placed), 'IPv4')}`)
  } finally {
    await source.close()
  }
}
