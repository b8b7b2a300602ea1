import type { Clock } from '../model/clock.js'
import type { Report } from '../model/event.js'
import { milliseconds, type Milliseconds } from '../model/milliseconds.js'
import type { Tracing } from '../model/trace-step.js'
import type { TurnedAway } from '../model/traffic-event.js'
import type { Arrival } from '../stream/accept.js'
import type { SocketName } from '../stream/socket-name.js'
import { type Connections, OpenConnection } from './connections.js'
import type { Departures } from './departures.js'
import { type Destination, dial, type Dialled } from './dial.js'
import type { OwnSockets } from './own-sockets.js'
import type { Probes } from './probes.js'
import { Pump } from './pump.js'
import type { Rounds } from './rounds.js'
import { WaitingClient } from './waiting-client.js'

/** What is the same for all clients of a service port. */
export interface Service extends Destination {
  readonly connections: Connections
  readonly rounds: Rounds
  readonly ownSockets: OwnSockets
  /** Whom not to serve: our own tests. Absent: there are none. */
  readonly probes?: Probes | undefined
  readonly departures: Departures
  /** Who follows single connections. Absent: nobody ever does. */
  readonly tracing?: Tracing | undefined
  readonly report: Report
  readonly clock: Clock
  /** See `PumpOptions`. */
  readonly halfOpenTimeout?: Milliseconds | undefined
  readonly idleTimeout: () => number
  /** What an endpoint is told before anything else, if it wants to be. */
  readonly headerFor: (client: SocketName) => Uint8Array | undefined
}

/** Serves a client to the end: finds it an endpoint, carries its bytes, reports. Never rejects. */
export const serve = async ({ stream, peer, request }: Arrival, service: Service): Promise<void> => {
  const { servicePort, connections, ownSockets, probes, report, clock } = service
  if (probes?.meets(peer, servicePort)) {
    stream.reset()
    return
  }
  const connection = connections.open(servicePort)
  const { number } = connection
  const client = peer.address
  const turnAway = (reason: TurnedAway['reason']): void => {
    report({ type: 'turned-away', connection: number, servicePort, client, reason })
    if (request && reason !== 'client left') request.refuse(reason)
    else stream.reset()
  }
  if (!(connection instanceof OpenConnection)) {
    turnAway(connection.refusal)
    return
  }
  const { tracing } = service
  if (tracing?.isOn)
    tracing.note({ type: 'accepted', connection: number, servicePort, client, clientPort: peer.port })
  const arrived = clock.now()
  const duration = (): Milliseconds => milliseconds(clock.now() - arrived)
  const own = ownSockets.follow(peer)
  const waiting = new WaitingClient(stream, () => connection.stop(), request)
  const dialled: Dialled =
    own.isSuspect && (await own.isLoop())
      ? { kind: 'nobody', reason: 'loop' }
      : await dial(service, {
          client,
          connection,
          opened: (local, endpoint) => own.opened(local, endpoint),
          failed: failure =>
            report({ type: 'dial-failed', connection: number, servicePort, client, ...failure }),
          chosen: tracing?.isOn
            ? choice => tracing.note({ type: 'chosen', connection: number, servicePort, ...choice })
            : undefined,
        })
  switch (dialled.kind) {
    case 'nobody':
      turnAway(dialled.reason)
      break
    case 'stopped':
      turnAway(waiting.hasLeft ? 'client left' : 'stopping')
      break
    case 'connected': {
      const { endpoint, attempt } = dialled
      report({
        type: 'connected',
        connection: number,
        servicePort,
        client,
        endpoint,
        attempt,
        duration: duration(),
      })
      const { how, sent, received } = await carry(
        { waiting, connection, dialled, own, header: service.headerFor(peer), granted: request?.granted },
        service,
      )
      report({
        type: 'disconnected',
        connection: number,
        servicePort,
        client,
        endpoint,
        how,
        sent,
        received,
        duration: duration(),
      })
    }
  }
  own.settled()
  connections.close(connection, servicePort)
}

interface Connected {
  readonly waiting: WaitingClient
  readonly connection: OpenConnection
  readonly own: { settled(): void }
  readonly header: Uint8Array | undefined
  readonly granted: Uint8Array | undefined
  readonly dialled: Extract<Dialled, { readonly kind: 'connected' }>
}

/** Resolves when both sides are closed. */
const carry = (
  { waiting, connection, dialled, own, header, granted }: Connected,
  service: Service,
): Promise<Pump> =>
  new Promise(resolve => {
    const { clock, rounds, departures, reach, idleTimeout } = service
    const halfOpenTimeout = service.halfOpenTimeout ?? reach.halfOpenTimeout
    const finished = (): void => {
      rounds.delete(round)
      departures.delete(bound)
      resolve(pump)
    }
    const pump = new Pump(
      { client: waiting.client, endpoint: dialled.stream },
      {
        now: clock.now(),
        halfOpenTimeout,
        idleTimeout,
        header,
        granted,
        finished,
        answered: () => own.settled(),
      },
    )
    const round = rounds.add(pump)
    const bound = departures.add(pump, dialled.endpoint)
    connection.whenStopped = () => pump.breakOff('stopping')
    connection.traffic = pump
    pump.start(waiting)
  })
