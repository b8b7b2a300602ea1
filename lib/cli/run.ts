import { ServicePicker } from '../balancer/service-picker.js'
import { Connections } from '../dataplane/connections.js'
import { Probes } from '../dataplane/probes.js'
import { AddressWatch } from '../host/address-watch.js'
import { localAddresses } from '../host/local-addresses.js'
import { machine } from '../host/machine.js'
import { openFileLimit } from '../host/open-files.js'
import { durationText } from '../model/duration.js'
import { endpointText } from '../model/endpoint.js'
import type { Report } from '../model/event.js'
import { Failure } from '../model/failure.js'
import { familyOf } from '../model/ip-address.js'
import { withNodePorts } from '../model/node-port-addresses.js'
import { emptySnapshot, type Snapshot } from '../model/snapshot.js'
import { whyUndialable } from '../model/undialable.js'
import { HealthCheckPorts } from '../observe/health-check-ports.js'
import { openLog } from '../observe/log.js'
import { Tally } from '../observe/tally.js'
import { Holders } from '../proxy/holders.js'
import { isOurs } from '../proxy/is-ours.js'
import { LocalPorts } from '../proxy/local-ports.js'
import { Proxy } from '../proxy/proxy.js'
import { Keeper } from '../proxy/saved/keeper.js'
import type { StateFolder } from '../proxy/saved/state-folder.js'
import { SelfTest } from '../proxy/self-test.js'
import { ServedPorts } from '../proxy/served-ports.js'
import { Budget } from '../stream/budget.js'
import { type CaptureMode, captureMode, loopback } from './capture-mode.js'
import type { Cluster } from './cluster.js'
import { firstLook, forgivenWhen } from './first-look.js'
import { listeners } from './listeners.js'
import type { RunOptions } from './options.js'
import { realClock as clock } from './real-clock.js'
import { stopRequests } from './signals.js'
import { state } from './state.js'
import { Tidying } from './tidying.js'
import { UnnumberedNotice } from './unnumbered-notice.js'

const { random } = Math

/** What the parts have around them: this machine, and who is told what happens. */
interface Surroundings {
  readonly mode: CaptureMode
  readonly addresses: AddressWatch
  readonly folder: StateFolder
  readonly report: Report
}

/** The parts, wired, down to this machine's listeners and rules. */
const assemble = async (
  options: RunOptions,
  { mode, addresses, folder, report }: Surroundings,
): Promise<Proxy> => {
  const { capture, arrivals, places } = mode
  const localPorts = new LocalPorts(
    options.proxyPortRange,
    (await folder.localPorts.load(report)) ?? new Map(),
  )
  const openFiles = await openFileLimit(machine)
  // The rest is for iptables, the API server and health.
  const connections = new Connections(new Budget(openFiles - Math.min(512, openFiles / 4)))
  const here = { addresses: () => addresses.current }
  const probes = new Probes()
  const holders = new Holders({ listen: opening => listen(opening), report })
  const listen = listeners({
    ...{ options, connections, arrivals, probes, report },
    isOurs: (endpoint, protocol) => isOurs(endpoint, { protocol, localPorts, holders, ...here }),
    nodeAddress: family =>
      addresses.current.find(each => familyOf(each) === family && whyUndialable(each) === undefined),
  })
  const served = new ServedPorts({
    ...{ localPorts, listen, holders, places, report, ...here },
    prepare: preparation => capture.prepare(preparation),
    newPicker: () => new ServicePicker({ clock, random }),
  })
  const nodePortsAt = ({ nodeAddresses }: Pick<Snapshot, 'nodeAddresses'>) =>
    withNodePorts(options.nodeportAddresses ?? [], { local: addresses.current, known: nodeAddresses })
  const proxy: Proxy = new Proxy({
    ...{ served, localPorts, capture, connections, nodePortsAt, clock, report },
    keeper: new Keeper({ folder, localPorts, clock, report }),
    healthChecks: new HealthCheckPorts({
      isHealthy: () => proxy.isHealthy,
      report,
    }),
    ...((options.capture === 'redirect' || options.capture === 'dnat') && {
      selfTest: new SelfTest({ probes, clock, report }),
    }),
    syncPeriod: options.iptablesSyncPeriod,
    minSyncPeriod: options.iptablesMinSyncPeriod,
  })
  return proxy
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

/** `kube-portal run`: proxies until it is asked to stop. Rejects with a Failure when it cannot begin, or not end well. */
export const run = async (options: RunOptions): Promise<void> => {
  checkPeriods(options)
  const log = openLog({ format: options.loggingFormat, verbosity: options.v, stream: process.stderr })
  const tally = new Tally({ clock, warn: text => log.warn(text) })
  const report: Report = event => {
    log.event(event)
    tally.note(event)
    if (event.type === 'synced') {
      tidying.begin()
      void notice?.look()
    }
    if (event.type === 'listening' && options.capture === 'none')
      log.info(
        `${event.servicePort} is at ${endpointText({ address: loopback[event.family], port: event.port })}`,
      )
  }
  let notice: UnnumberedNotice | undefined
  const addresses = new AddressWatch({ read: localAddresses, clock })
  const mode = await captureMode({ options, addresses: () => addresses.current, log, report })
  const tidying = new Tidying({ mode, addresses: () => addresses.current, log, report })
  if (options.capture === 'redirect') notice = new UnnumberedNotice(mode.families, report)
  const folder = await state(options)
  const proxy = await assemble(options, { mode, addresses, folder, report })
  const stop = stopRequests()
  let cluster: Cluster | undefined
  try {
    const served = await proxy.resume((await folder.snapshot.load(report)) ?? emptySnapshot)
    // Loaded only by now: it takes half of the time of a start, in which clients would be refused.
    const { openCluster } = await import('./cluster.js')
    cluster = await openCluster(options, { families: mode.families, log })
    await firstLook(cluster, { signal: stop.first, forgiven: forgivenWhen(served), log })
    proxy.start(cluster.source)
    addresses.start(() => proxy.resync())
    await until(stop.first)
    await proxy.stop({ drainTimeout: options.drainTimeout, hurry: stop.second })
  } finally {
    stop.close()
    tally.close()
    await tidying.close()
    addresses.close()
    await proxy.leave()
    await cluster?.source.close()
  }
}
