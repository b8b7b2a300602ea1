import { ServicePicker } from '../balancer/service-picker.js'
import { Connections } from '../dataplane/connections.js'
import { Estate } from '../dataplane/estate.js'
import { Probes } from '../dataplane/probes.js'
import type { AddressWatch } from '../host/address-watch.js'
import { machine } from '../host/machine.js'
import { openFileLimit } from '../host/open-files.js'
import type { Report } from '../model/event.js'
import { isHealthy } from '../model/health.js'
import { familyOf } from '../model/ip-address.js'
import { withNodePorts } from '../model/node-port-addresses.js'
import type { Snapshot } from '../model/snapshot.js'
import type { Tracing } from '../model/trace-step.js'
import { whyUndialable } from '../model/undialable.js'
import { HealthCheckPorts } from '../observe/health-check-ports.js'
import type { HttpPorts } from '../observe/http-ports.js'
import type { Metrics } from '../observe/metrics/metrics.js'
import { Holders } from '../proxy/holders.js'
import { isOurs } from '../proxy/is-ours.js'
import { LocalPorts } from '../proxy/local-ports.js'
import type { Predecessor } from '../proxy/predecessor.js'
import { Proxy } from '../proxy/proxy.js'
import { Keeper } from '../proxy/saved/keeper.js'
import type { StateFolder } from '../proxy/saved/state-folder.js'
import { SelfTest } from '../proxy/self-test.js'
import { ServedPorts } from '../proxy/served-ports.js'
import { Budget } from '../stream/budget.js'
import type { Reach } from '../reach/reach.js'
import type { Succeeded } from '../takeover/answers.js'
import type { CaptureMode } from './capture-mode.js'
import { httpListener } from './http-listener.js'
import { httpPorts } from './http-ports.js'
import type { Inheritance } from './inheritance.js'
import { listeners } from './listeners.js'
import type { ChosenOptions } from './options.js'
import { readings, type ReadingsParts } from './readings.js'
import { realClock as clock } from './real-clock.js'

const { random } = Math

/** What the parts have around them: this machine, the process before this one, and who is told what happens. */
export interface Surroundings {
  readonly mode: CaptureMode
  readonly addresses: AddressWatch
  readonly folder: StateFolder
  readonly inheritance: Inheritance | undefined
  readonly metrics: Metrics
  readonly source: ReadingsParts['source']
  /** How endpoints are reached over TCP. */
  readonly reach: Reach
  /** Who follows single connections. */
  readonly tracing: Tracing
  readonly report: Report
}

/** The whole proxy, and what a successor gets of it. */
export interface Assembly {
  readonly proxy: Proxy
  /** Where others ask about us. */
  readonly asked: HttpPorts
  /** Of this process, and of those before it. */
  readonly connections: Pick<Connections, 'count' | 'ended' | 'reset'>
  readonly succeeded: Succeeded
}

/** The connections of this process and of those before it. */
const withFormer = (
  own: Connections,
  inheritance: Inheritance | undefined,
): Pick<Connections, 'count' | 'ended' | 'reset'> =>
  inheritance
    ? {
        get count() {
          return own.count
        },
        get ended() {
          return Promise.all([own.ended, inheritance.predecessor.ended]).then(() => undefined)
        },
        reset: () => {
          inheritance.predecessor.reset()
          return own.reset()
        },
      }
    : own

/** The parts, wired, down to this machine's listeners and rules. */
export const assemble = async (options: ChosenOptions, surroundings: Surroundings): Promise<Assembly> => {
  const { mode, addresses, folder, inheritance, metrics, source, reach, tracing, report } = surroundings
  const { capture, arrivals, places, rules = () => [] } = mode
  const localPorts = new LocalPorts(
    options.proxyPortRange,
    (await folder.localPorts.load(report)) ?? new Map(),
  )
  const openFiles = await openFileLimit(machine)
  // The rest is for iptables, the API server and health.
  const connections = new Connections(new Budget(openFiles - Math.min(512, openFiles / 4)))
  const all = withFormer(connections, inheritance)
  const estate = new Estate()
  const listenHttp = httpListener(estate, inheritance)
  const here = { addresses: () => addresses.current }
  const probes = new Probes()
  const holders = new Holders({ listen: opening => listen(opening), report })
  const listen = listeners({
    ...{ options, connections, arrivals, probes, estate, inheritance, reach, tracing, report },
    isOurs: (endpoint, protocol) => isOurs(endpoint, { protocol, localPorts, holders, ...here }),
    nodeAddress: family =>
      addresses.current.find(each => familyOf(each) === family && whyUndialable(each) === undefined),
  })
  const served = new ServedPorts({
    ...{ localPorts, listen, holders, places, report, ...here },
    prepare: preparation => capture.prepare(preparation),
    newPicker: id => new ServicePicker({ clock, random, pins: inheritance?.predecessor.pins(id) }),
  })
  const nodePortsAt = ({ nodeAddresses }: Pick<Snapshot, 'nodeAddresses'>) =>
    withNodePorts(options.nodeportAddresses ?? [], { local: addresses.current, known: nodeAddresses })
  const asked = httpPorts({
    ...{ options, families: mode.families, metrics, listen: listenHttp, report },
    health: () => proxy.health,
    readings: () => readings({ proxy, served, connections, rules, source, openFiles }),
    opened: () => proxy.resync(),
  })
  const proxy: Proxy = new Proxy({
    ...{ served, localPorts, capture, nodePortsAt, clock, report },
    connections: all,
    ...(inheritance && { predecessor: announced(inheritance, { asked, report }) }),
    keeper: new Keeper({ folder, localPorts, clock, report }),
    healthChecks: new HealthCheckPorts({
      isHealthy: () => isHealthy(proxy.health),
      listen: listenHttp,
      report,
    }),
    // A predecessor has them open until we do.
    openPorts: () => (proxy.isTakingOver ? asked.wanted : asked.open),
    ...((options.capture === 'redirect' || options.capture === 'dnat') && {
      selfTest: new SelfTest({ probes, clock, report }),
    }),
    syncPeriod: options.iptablesSyncPeriod,
    minSyncPeriod: options.iptablesMinSyncPeriod,
  })
  const succeeded: Succeeded = {
    ...{ estate, connections: all },
    localPorts: () => localPorts.entries(),
    pins: () => served.pins,
    rest: () => proxy.rest(),
    goOn: () => proxy.goOn(),
    handOver: async () => {
      await Promise.all([proxy.handOver(), asked.close()])
    },
  }
  return { proxy, asked, connections: all, succeeded }
}

/** The same; from when it accepts nobody any more, it is known that we are the one that serves. */
const announced = (
  { predecessor, lifeline }: Inheritance,
  { asked, report }: { readonly asked: HttpPorts; readonly report: Report },
): Predecessor => ({
  rest: () => predecessor.rest(),
  relieve: async () => {
    await asked.start()
    await predecessor.relieve()
    lifeline.serving()
    report({ type: 'took-over' })
  },
})
