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
import type { Metrics } from '../observe/metrics/metrics.js'
import { Directory } from '../proxy/directory.js'
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
import type { ApiSource } from '../watch/api-source.js'
import type { CaptureMode } from './capture-mode.js'
import { httpListener } from './http-listener.js'
import { httpPorts } from './http-ports.js'
import type { Inheritance } from './inheritance.js'
import { bytesOnTheirWay, listeners } from './listeners.js'
import type { ChosenOptions } from './options.js'
import { mayChangeMachine } from './options/node.js'
import { readings } from './readings.js'
import { realClock as clock } from './real-clock.js'
import { withFormer } from './with-former.js'
import { SocksPort } from './socks-port.js'

const { random } = Math

/** What the parts have around them: this machine, the process before this one, and who is told what happens. */
export interface Surroundings {
  readonly mode: CaptureMode
  readonly addresses: AddressWatch
  readonly folder: StateFolder
  readonly inheritance: Inheritance | undefined
  readonly metrics: Metrics
  readonly source: () => ApiSource | undefined
  /** How endpoints are reached over TCP. */
  readonly reach: Reach
  /** Whose Services may be called by their name alone. */
  readonly namespace: () => string
  /** Who follows single connections. */
  readonly tracing: Tracing
  readonly report: Report
}

/** Ports that clients come to without being led there. */
interface Asked {
  /** Opens them. Rejects with a Failure where one is indispensable and cannot be had. */
  start(): Promise<void>
  close(): Promise<void>
}

/** The whole proxy, and what a successor gets of it. */
export interface Assembly {
  readonly proxy: Proxy
  /** Where others ask about us, or for Services. */
  readonly asked: Asked
  /** Of this process, and of those before it. */
  readonly connections: Pick<Connections, 'count' | 'ended' | 'reset'>
  readonly succeeded: Succeeded
}

/** The parts, wired, down to this machine's listeners and rules. */
export const assemble = async (options: ChosenOptions, surroundings: Surroundings): Promise<Assembly> => {
  const { mode, addresses, folder, inheritance, metrics, source, reach, namespace, tracing, report } =
    surroundings
  const { capture, arrivals, places, rules = () => [] } = mode
  const localPorts = new LocalPorts(
    options.proxyPortRange,
    (await folder.localPorts.load(report)) ?? new Map(),
  )
  const openFiles = await openFileLimit(machine)
  // The rest is for iptables, the API server and health.
  const connections = new Connections(new Budget(openFiles - Math.min(512, openFiles / 4)))
  const memory = new Budget(bytesOnTheirWay)
  const all = withFormer(connections, inheritance)
  const estate = new Estate()
  const listenHttp = httpListener(estate, inheritance)
  const here = { addresses: () => addresses.current }
  const probes = new Probes()
  const holders = new Holders({ listen: opening => listen(opening), report })
  const listen = listeners({
    ...{ options, connections, memory, arrivals, probes, estate, inheritance, reach, tracing, report },
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
  const http = httpPorts({
    ...{ options, families: mode.families, metrics, listen: listenHttp, report },
    health: () => proxy.health,
    readings: () => readings({ proxy, served, connections, rules, source, openFiles }),
    opened: () => proxy.resync(),
  })
  const proxy: Proxy = new Proxy({
    ...{ served, localPorts, capture, nodePortsAt, clock, report },
    connections: all,
    ...(inheritance && { predecessor: announced(inheritance, { asked: () => asked, report }) }),
    keeper: new Keeper({ folder, localPorts, clock, report }),
    healthChecks: new HealthCheckPorts({
      isHealthy: () => isHealthy(proxy.health),
      listen: listenHttp,
      report,
    }),
    // A predecessor has them open until we do.
    openPorts: () => (proxy.isTakingOver ? http.wanted : http.open),
    ...(mayChangeMachine(options.capture) && {
      selfTest: new SelfTest({ probes, clock, report }),
    }),
    syncPeriod: options.iptablesSyncPeriod,
    minSyncPeriod: options.iptablesMinSyncPeriod,
  })
  const directory = new Directory({
    ...{ domain: options.clusterDomain, namespace, servicePorts: () => proxy.servicePorts },
    services: () => source()?.services ?? [],
    listenerOf: id => served.of(id)?.listener,
  })
  const socks =
    options.capture === 'socks'
      ? new SocksPort({
          ...{ wanted: options.socksBindAddress, find: directory.find, descriptors: connections.descriptors },
          ...{ memory, estate, inheritance, clock, report },
        })
      : undefined
  const asked: Asked = {
    start: async () => {
      await socks?.start()
      await http.start()
    },
    // Who is about to say whom it wants finds listeners open.
    close: async () => {
      await socks?.close()
      await http.close()
    },
  }
  const succeeded: Succeeded = {
    ...{ estate, connections: all },
    localPorts: () => localPorts.entries(),
    pins: () => served.pins,
    rest: () => proxy.rest(),
    goOn: () => proxy.goOn(),
    handOver: async () => {
      await asked.close()
      await proxy.handOver()
    },
  }
  return { proxy, asked, connections: all, succeeded }
}

/** The same; from when it accepts nobody any more, it is known that we are the one that serves. */
const announced = (
  { predecessor, lifeline }: Inheritance,
  { asked, report }: { readonly asked: () => Asked; readonly report: Report },
): Predecessor => ({
  rest: () => predecessor.rest(),
  relieve: async () => {
    await asked().start()
    await predecessor.relieve()
    lifeline.serving()
    report({ type: 'took-over' })
  },
})
