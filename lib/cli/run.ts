import { ServicePicker } from '../balancer/service-picker.js'
import { chooseBackend } from '../capture/choose-backend.js'
import { Connections } from '../dataplane/connections.js'
import { AddressWatch } from '../host/address-watch.js'
import { localAddresses } from '../host/local-addresses.js'
import { machine } from '../host/machine.js'
import { openFileLimit } from '../host/open-files.js'
import { durationText } from '../model/duration.js'
import type { Report } from '../model/event.js'
import { Failure } from '../model/failure.js'
import { familyOf, type IpAddress } from '../model/ip-address.js'
import { withNodePorts } from '../model/node-port-addresses.js'
import { whyUndialable } from '../model/undialable.js'
import { type Log, openLog } from '../observe/log.js'
import { Tally } from '../observe/tally.js'
import { Holders } from '../proxy/holders.js'
import { isOurs } from '../proxy/is-ours.js'
import { LocalPorts } from '../proxy/local-ports.js'
import { Proxy } from '../proxy/proxy.js'
import { ServedPorts } from '../proxy/served-ports.js'
import type { Source } from '../proxy/source.js'
import { Budget } from '../stream/budget.js'
import { captureMode } from './capture-mode.js'
import { type Cluster, openCluster } from './cluster.js'
import { listeners } from './listeners.js'
import type { RunOptions } from './options.js'
import { realClock as clock } from './real-clock.js'
import { stopRequests } from './signals.js'
import { stateFile } from './state-file.js'

const { random } = Math

/** What the parts have around them: this machine's addresses, and who is told what happens. */
interface Surroundings {
  readonly addresses: AddressWatch
  readonly log: Log
  readonly report: Report
}

/** The parts, wired: a cluster's Services on one side, this machine's listeners and rules on the other. */
const assemble = async (
  source: Source,
  options: RunOptions,
  { addresses, log, report }: Surroundings,
): Promise<Proxy> => {
  const { iptablesBackend: forced, proxyPortRange } = options
  const { backend, warning } = await chooseBackend(machine, forced === 'auto' ? undefined : forced)
  if (warning !== undefined) log.warn(warning)
  const state = await stateFile(options)
  const { localPorts: saved } = await state.read()
  const localPorts = new LocalPorts(proxyPortRange, saved)
  const openFiles = await openFileLimit(machine)
  // The rest is for iptables, the API server and health.
  const connections = new Connections(new Budget(openFiles - Math.min(512, openFiles / 4)))
  const local = (): readonly IpAddress[] => addresses.current
  const { capture, arrivals, places } = captureMode({
    options,
    backend,
    families: ['IPv4'],
    addresses: local,
    report,
  })
  const holders = new Holders({ listen: opening => listen(opening), report })
  const listen = listeners({
    ...{ options, connections, arrivals, report },
    isOurs: (endpoint, protocol) => isOurs(endpoint, { protocol, localPorts, holders, addresses: local }),
    nodeAddress: family =>
      local().find(each => familyOf(each) === family && whyUndialable(each) === undefined),
  })
  const served = new ServedPorts({
    ...{ localPorts, listen, holders, places, report },
    prepare: preparation => capture.prepare(preparation),
    newPicker: () => new ServicePicker({ clock, random }),
  })
  return new Proxy({
    source,
    served,
    localPorts,
    capture,
    healthChecks: { update: () => Promise.resolve(), open: [], close: () => Promise.resolve() },
    nodePortsAt: ({ nodeAddresses }) =>
      withNodePorts(options.nodeportAddresses ?? [], { local: local(), known: nodeAddresses }),
    connections,
    state,
    clock,
    report,
    syncPeriod: options.iptablesSyncPeriod,
    minSyncPeriod: options.iptablesMinSyncPeriod,
  })
}

const until = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

const checkPeriods = ({ iptablesSyncPeriod: most, iptablesMinSyncPeriod: least }: RunOptions): void => {
  if (most >= least) return
  const text = `--iptables-sync-period (${durationText(most)}) is shorter than --iptables-min-sync-period (${durationText(least)})`
  throw new Failure('usage', text, { cure: 'make the first at least as long as the second' })
}

/** A server that refuses us will not change its mind; one that is away may be back. */
const firstLook = async (cluster: Cluster, signal: AbortSignal, log: Log): Promise<void> => {
  try {
    await cluster.readOnce(signal)
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof Failure) || error.code !== 'api-unreachable') throw error
    log.warn(`${error.message}; trying until it answers. If that takes long: ${error.cure}`)
  }
}

/** The listeners are IPv4, as the portals are. */
const addressesServed = (): readonly IpAddress[] =>
  localAddresses().filter(address => familyOf(address) === 'IPv4')

/** `kube-portal run`: proxies until it is asked to stop. Rejects with a Failure when it cannot begin, or not end well. */
export const run = async (options: RunOptions): Promise<void> => {
  checkPeriods(options)
  const log = openLog({ format: options.loggingFormat, verbosity: options.v, stream: process.stderr })
  const cluster = await openCluster(options, log)
  const tally = new Tally({ clock, warn: text => log.warn(text) })
  const report: Report = event => {
    log.event(event)
    tally.note(event)
  }
  const addresses = new AddressWatch({ read: addressesServed, clock })
  const stop = stopRequests()
  try {
    const proxy = await assemble(cluster.source, options, { addresses, log, report })
    await firstLook(cluster, stop.first, log)
    proxy.start()
    addresses.start(() => proxy.resync())
    await until(stop.first)
    await proxy.stop({ drainTimeout: options.drainTimeout, hurry: stop.second })
  } finally {
    stop.close()
    tally.close()
    addresses.close()
    await cluster.source.close()
  }
}
