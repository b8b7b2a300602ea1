import { createServer, type Server } from 'node:net'
import type { Clock } from '../model/clock.js'
import type { Endpoint } from '../model/endpoint.js'
import { errorText } from '../model/error-text.js'
import type { IpAddress } from '../model/ip-address.js'
import { milliseconds, seconds } from '../model/milliseconds.js'
import { port, type Port } from '../model/port.js'
import type { Portal } from '../model/portal.js'
import type { Terms } from '../model/terms.js'
import { accept, type Arrival } from '../stream/accept.js'
import type { Budget } from '../stream/budget.js'
import { Departures } from './departures.js'
import { type Estate, socketName } from './estate.js'
import type { Listener } from './listener.js'
import { noDescriptors } from './no-descriptors.js'
import { openServer } from './open-server.js'
import { proxyHeader } from './proxy-header.js'
import { serve, type Service } from './serve.js'

export interface ListenTcpOptions extends Omit<Service, 'departures' | 'idleTimeout' | 'headerFor'> {
  readonly host: IpAddress
  /** This node's own, for clients of node ports. */
  readonly nodeAddress?: () => IpAddress | undefined
  /** Absent: one that is free. */
  readonly port?: Port
  /** What a process before us listens with, there; it is shared until both have closed it. */
  readonly inherited?: Server | undefined
  /** Where a process after us finds ours. */
  readonly estate?: Estate
  /** What is left for listeners. Default: all that is left for connections. */
  readonly descriptors?: Budget
  /** Where a service port's own terms say nothing. */
  readonly terms: Terms & Required<Pick<Terms, 'idleTimeout' | 'onEndpointGone'>>
}

/**
 * Accepts TCP clients and serves each of them. Rejects with the system's error (`EADDRINUSE`) when it cannot listen;
 * an error after that is reported and does no harm.
 */
export const listenTcp = async (options: ListenTcpOptions): Promise<Listener> => {
  const { clock, servicePort, report, budget, connections, halfOpenTimeout, probes } = options
  // Not `options` itself, which would live as long as the listener.
  const { terms: usual, nodeAddress, host } = options
  let terms: Terms = {}
  let portals: readonly Portal[] = []
  const departures = new Departures(clock)
  // Without spreads: with them, V8 makes a shape for each of thousands, and finds nothing in any of them quickly.
  const service: Service = {
    servicePort,
    connections,
    departures,
    budget,
    report,
    clock,
    picker: options.picker,
    reach: options.reach,
    isOurs: options.isOurs,
    rounds: options.rounds,
    ownSockets: options.ownSockets,
    halfOpenTimeout,
    probes,
    tracing: options.tracing,
    idleTimeout: () => terms.idleTimeout ?? usual.idleTimeout,
    headerFor: client => {
      const { proxyProtocol } = terms
      if (!proxyProtocol) return undefined
      return proxyHeader(proxyProtocol, { client, portal: meant(portals, nodeAddress) })
    },
  }
  const { descriptors = connections.descriptors, inherited } = options
  if (!descriptors.take(1)) {
    inherited?.close()
    throw noDescriptors()
  }
  const server = createServer({ allowHalfOpen: true })
  try {
    await openServer(server, { ...options, address: host })
    options.estate?.addServer(socketName('TCP', { address: host, port: portOf(server) }), server)
  } catch (error) {
    // It accepts clients already, whom nobody would serve.
    inherited?.close()
    descriptors.giveBack(1)
    throw error
  }
  let accepted = 0
  const welcome = (arrival: Arrival): void => {
    accepted += 1
    void serve(arrival, service)
  }
  accept(server, budget, welcome)
  server.on('error', error => report({ type: 'listen-failed', servicePort, reason: errorText(error) }))

  let closed: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await quiet(clock, () => accepted)
    server.close()
    descriptors.giveBack(1)
  }
  return {
    port: portOf(server),
    isWhole: true,
    welcome,
    update: changed => {
      terms = changed.terms
      portals = changed.portals
      departures.update(changed.endpoints, terms.onEndpointGone ?? usual.onEndpointGone)
    },
    close: () => (closed ??= close()),
  }
}

/** One listener cannot tell by which of its portals a client came: the first stands for all, if one has an address. */
const meant = (
  portals: readonly Portal[],
  nodeAddress: ListenTcpOptions['nodeAddress'],
): Endpoint | undefined => {
  const [portal, ...others] = portals
  if (portal?.kind !== 'node-port') return portal
  const other = others.find(each => each.kind !== 'node-port')
  const address = nodeAddress?.()
  return other ?? (address && { address, port: portal.port })
}

const portOf = (server: Server): Port => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP server')
  return port(address.port)
}

/**
 * Resolves when `count` has not changed for 50 ms, after a second at the latest. Closing a server resets the clients
 * in its queue and those in the middle of their handshake. Others do not come, as the rules are gone by then: one turn
 * of the loop empties the queue, and 50 ms are a round trip for the handshakes.
 */
const quiet = async (clock: Clock, count: () => number): Promise<void> => {
  const deadline = clock.now() + seconds(1)
  let before: number
  do {
    before = count()
    await new Promise<void>(resolve => clock.after(milliseconds(50), resolve))
  } while (count() !== before && clock.now() < deadline)
}
