import type { Connections } from '../dataplane/connections.js'
import type { Listener } from '../dataplane/listener.js'
import { listenTcp } from '../dataplane/listen-tcp.js'
import { OwnSockets } from '../dataplane/own-sockets.js'
import { Rounds } from '../dataplane/rounds.js'
import { FlowRoom } from '../dataplane/udp/flow-room.js'
import { listenUdp } from '../dataplane/udp/listen-udp.js'
import { OwnFlows } from '../dataplane/udp/own-flows.js'
import { machine } from '../host/machine.js'
import { hasOtherSocket } from '../host/other-sockets.js'
import type { Endpoint } from '../model/endpoint.js'
import type { Report } from '../model/event.js'
import { ipAddress, type IpAddress } from '../model/ip-address.js'
import type { Protocol } from '../model/service-port.js'
import { isOurs } from '../proxy/is-ours.js'
import type { LocalPorts } from '../proxy/local-ports.js'
import type { Opening } from '../proxy/served-ports.js'
import { DirectReach } from '../reach/direct.js'
import { Budget } from '../stream/budget.js'
import type { RunOptions } from './options.js'
import { realClock as clock } from './real-clock.js'

/** Room for 256 directions in full flow; more go on with 16 KB each. */
const bytesOnTheirWay = 67_108_864

// Redirected packets come to an interface's own address, so the listeners are on all of them; the guard turns away
// whoever comes without having been redirected.
const everywhere = ipAddress('0.0.0.0')

export interface ListenersParts {
  readonly options: Pick<RunOptions, 'tcpIdleTimeout' | 'udpTimeout' | 'onEndpointGone'>
  readonly connections: Connections
  readonly localPorts: LocalPorts
  /** This machine's, of the families that are served. */
  readonly addresses: () => readonly IpAddress[]
  readonly report: Report
}

/** What opens listeners, all of which share memory, descriptors and limits. */
export const listeners = (parts: ListenersParts): ((opening: Opening) => Promise<Listener>) => {
  const { options, connections, localPorts, addresses, report } = parts
  const oursOf = (protocol: Protocol) => (endpoint: Endpoint) =>
    isOurs(endpoint, { protocol, localPorts, addresses })
  const common = { clock, report }
  const tcp = {
    ...common,
    connections,
    isOurs: oursOf('TCP'),
    host: everywhere,
    budget: new Budget(bytesOnTheirWay),
    reach: new DirectReach({ clock }),
    rounds: new Rounds(clock),
    ownSockets: new OwnSockets((local, peer) => hasOtherSocket(machine, local, peer)),
    terms: { idleTimeout: options.tcpIdleTimeout, onEndpointGone: options.onEndpointGone },
  }
  const udp = {
    ...common,
    isOurs: oursOf('UDP'),
    addresses,
    room: new FlowRoom(connections.descriptors),
    ownFlows: new OwnFlows(),
    idleTimeout: options.udpTimeout,
  }
  return opening => {
    switch (opening.protocol) {
      case 'TCP':
        return listenTcp({ ...opening, ...tcp })
      case 'UDP':
        return listenUdp({ ...opening, ...udp })
      case 'SCTP':
        return Promise.reject(new Error('Node has no sockets for SCTP'))
    }
  }
}
