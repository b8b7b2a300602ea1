import type { Connections } from '../dataplane/connections.js'
import type { Listener } from '../dataplane/listener.js'
import type { Estate } from '../dataplane/estate.js'
import { listenTcp } from '../dataplane/listen-tcp.js'
import { OwnSockets } from '../dataplane/own-sockets.js'
import type { Probes } from '../dataplane/probes.js'
import { Rounds } from '../dataplane/rounds.js'
import { FlowRoom } from '../dataplane/udp/flow-room.js'
import { listenUdp } from '../dataplane/udp/listen-udp.js'
import { OwnFlows } from '../dataplane/udp/own-flows.js'
import { machine } from '../host/machine.js'
import { hasOtherSocket } from '../host/other-sockets.js'
import type { Endpoint } from '../model/endpoint.js'
import type { Report } from '../model/event.js'
import { type Family, familyOf, type IpAddress } from '../model/ip-address.js'
import type { Protocol } from '../model/service-port.js'
import type { Tracing } from '../model/trace-step.js'
import type { Opening } from '../proxy/opening.js'
import type { Reach } from '../reach/reach.js'
import { Budget } from '../stream/budget.js'
import type { Arrivals } from './capture-mode.js'
import type { RunOptions } from './options.js'
import { type Inheritance, inheritedDoors, inheritedServer } from './inheritance.js'
import { realClock as clock } from './real-clock.js'

/** Room for 256 directions in full flow; more go on with 16 KB each. */
export const bytesOnTheirWay = 67_108_864

/** Of the descriptors. The rest is for connections, however many listeners there would be. */
const listenersShare = 0.75

export interface ListenersParts {
  readonly options: Pick<RunOptions, 'tcpIdleTimeout' | 'udpTimeout' | 'onEndpointGone'>
  readonly connections: Connections
  /** For what is read in bulk. */
  readonly memory: Budget
  /** Whether an endpoint is a listener of ours. */
  readonly isOurs: (endpoint: Endpoint, protocol: Protocol) => boolean
  readonly arrivals: Arrivals
  /** The node's own address, as the cluster knows it. */
  readonly nodeAddress: (family: Family) => IpAddress | undefined
  readonly probes: Probes
  /** How endpoints are reached over TCP. */
  readonly reach: Reach
  /** Who follows single connections. */
  readonly tracing: Tracing
  /** Where a process after us finds them. */
  readonly estate: Estate
  readonly inheritance: Inheritance | undefined
  readonly report: Report
}

/** What opens listeners, all of which share memory, descriptors and limits. */
export const listeners = (parts: ListenersParts): ((opening: Opening) => Promise<Listener>) => {
  const { options, connections, isOurs, arrivals, nodeAddress, probes, tracing, report } = parts
  const { estate, inheritance } = parts
  const { descriptors } = connections
  const common = {
    clock,
    report,
    estate,
    descriptors: new Budget(descriptors.left * listenersShare, descriptors),
  }
  const tcp = {
    ...common,
    connections,
    probes,
    tracing,
    isOurs: (endpoint: Endpoint) => isOurs(endpoint, 'TCP'),
    budget: parts.memory,
    reach: parts.reach,
    rounds: new Rounds(clock),
    ownSockets: new OwnSockets((local, peer) => hasOtherSocket(machine, local, peer)),
    terms: { idleTimeout: options.tcpIdleTimeout, onEndpointGone: options.onEndpointGone },
  }
  const udp = {
    ...common,
    isOurs: (endpoint: Endpoint) => isOurs(endpoint, 'UDP'),
    room: new FlowRoom(descriptors),
    ownFlows: new OwnFlows(),
    idleTimeout: options.udpTimeout,
  }
  const nodeAddresses = { IPv4: () => nodeAddress('IPv4'), IPv6: () => nodeAddress('IPv6') }
  return async opening => {
    const { protocol, family, address, port } = opening
    switch (protocol) {
      case 'TCP': {
        const host = address ?? arrivals.tcp[family]
        const inherited = await inheritedServer(inheritance, { address: host, port })
        return listenTcp({ ...opening, ...tcp, host, inherited, nodeAddress: nodeAddresses[family] })
      }
      case 'UDP': {
        const addresses = (): readonly IpAddress[] =>
          address === undefined ? arrivals.udp().filter(each => familyOf(each) === family) : [address]
        const inherited = await inheritedDoors(inheritance, addresses(), port)
        return listenUdp({ ...opening, ...udp, addresses, inherited })
      }
      case 'SCTP':
        throw new Error('Node has no sockets for SCTP')
    }
  }
}
