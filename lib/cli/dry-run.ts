import { kubeProxyRules } from '../capture/kube-proxy.js'
import { installText } from '../capture/restore-text.js'
import { dnat, redirect } from '../capture/target.js'
import { localAddresses } from '../host/local-addresses.js'
import { machine } from '../host/machine.js'
import type { Family } from '../model/ip-address.js'
import { familiesAmong } from '../model/ip-address.js'
import { withNodePorts } from '../model/node-port-addresses.js'
import type { ServicePortId } from '../model/service-port.js'
import type { Snapshot } from '../model/snapshot.js'
import { reachable } from '../observe/http-port.js'
import { LocalPorts } from '../proxy/local-ports.js'
import type { SavedPorts } from '../proxy/saved/state-folder.js'
import { type Placed, wantedFor } from '../proxy/wanted.js'
import { openCluster } from './cluster.js'
import type { ServiceRoutes } from '../capture/allowed-routes.js'
import { routedHere } from '../capture/routed-capture.js'
import { mayRoute } from './reach/decide.js'
import { serviceRoutes } from './service-routes.js'
import { httpPlaces } from './http-places.js'
import type { ChosenOptions } from './options.js'
import { mayChangeMachine } from './options/node.js'
import { whyRival } from './rivals.js'
import { state } from './state.js'
import { stderrLog } from './stderr-log.js'

const tentative = (id: ServicePortId, port: number): string => `# tentative: local port ${port} of ${id}\n`

const nothing: SavedPorts = new Map()

const programs: Readonly<Record<Family, string>> = {
  IPv4: '# for iptables-restore --noflush\n',
  IPv6: '# for ip6tables-restore --noflush\n',
}

/** The rules of one family; nothing where it has none. */
const textFor = (family: Family, placed: readonly Placed[], surroundings: Surroundings): string => {
  const mine = placed.filter(({ servicePort }) => servicePort.family === family)
  if (mine.length === 0) return ''
  const { options, snapshot } = surroundings
  const known = snapshot.nodeAddresses
  const nodePortAddresses = withNodePorts(options.nodeportAddresses ?? [], {
    local: localAddresses(),
    known,
  })
  const { health, metrics } = httpPlaces(options)
  const asked = [health, metrics].flatMap(place => (place ? reachable(place) : []))
  const wanted = wantedFor(mine, {
    open: [...snapshot.healthChecks.map(({ port }) => port), ...asked],
    ownPods: snapshot.ownPods,
    ...(nodePortAddresses && { nodePortAddresses }),
  })
  const closed = routedHere(surroundings.services, wanted, family)
  const target = options.capture === 'dnat' ? dnat : redirect
  return `${programs[family]}${installText({ ...wanted, closed }, family, target)}`
}

interface Surroundings {
  readonly options: ChosenOptions
  readonly snapshot: Snapshot
  readonly services: ServiceRoutes
}

/**
 * `kube-portal run --dry-run`: prints what iptables-restore would be given for the cluster as it is now, and changes
 * nothing. Local ports are those of the last run, else the next free ones, which are named as tentative. Rejects with a
 * Failure when the API server cannot be reached or refuses.
 */
export const dryRun = async (options: ChosenOptions): Promise<void> => {
  const log = stderrLog(options)
  const families = familiesAmong(localAddresses())
  const cluster = await openCluster(options, {
    ...{ families, log, report: log.event },
    ...(mayRoute(options, process.env) && { nodes: 'all' as const }),
  })
  try {
    // A signal ends the process as it is: there is nothing to take back.
    await cluster.readOnce(new AbortController().signal)
    const snapshot = cluster.source.snapshot()
    const services = serviceRoutes({
      ...{ options, env: process.env, addresses: localAddresses, cluster: () => cluster },
    })
    const saved = (await (await state(options)).localPorts.read()) ?? nothing
    const localPorts = new LocalPorts(options.proxyPortRange, saved)
    const placed = snapshot.servicePorts.map(servicePort => ({
      servicePort,
      localPort: localPorts.for(servicePort.id),
    }))
    for (const { servicePort, localPort } of placed)
      if (saved.get(servicePort.id) !== localPort) process.stdout.write(tentative(servicePort.id, localPort))
    const conflict = !mayChangeMachine(options.capture)
      ? undefined
      : whyRival(await kubeProxyRules(machine), snapshot)
    if (conflict && !options.force) log.warn(`a run would refuse: ${conflict.message}; ${conflict.cure}`)
    if (options.capture === 'redirect' || options.capture === 'dnat')
      for (const family of families)
        process.stdout.write(textFor(family, placed, { options, snapshot, services }))
    else process.stdout.write(`# --capture ${options.capture} needs no rules\n`)
  } finally {
    await cluster.source.close()
  }
}
