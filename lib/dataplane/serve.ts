import type { Socket } from 'node:net'
import type { Picker } from '../balancer/picker.js'
import type { Clock } from '../model/clock.js'
import type { Disconnected, Report, TurnedAway } from '../model/event.js'
import { ipAddress, type IpAddress } from '../model/ip-address.js'
import { milliseconds, type Milliseconds } from '../model/milliseconds.js'
import type { ServicePortId } from '../model/service-port.js'
import type { Opened, Reach } from '../reach/reach.js'
import type { Budget } from './budget.js'
import type { Connections, OpenConnection } from './connections.js'
import { dial, type DialFailure } from './dial.js'
import { Intake } from './intake.js'
import { isLoop, type OwnSockets } from './own-sockets.js'
import { pump } from './pump.js'
import { reset } from './reset.js'
import type { Rounds } from './rounds.js'

/** What is the same for all clients of all service ports. */
export interface Shared {
  readonly connections: Connections
  /** For what is on its way. */
  readonly budget: Budget
  readonly rounds: Rounds
  readonly ownSockets: OwnSockets
}

/** What is the same for all clients of a service port. */
export interface Service extends Shared {
  readonly servicePort: ServicePortId
  readonly picker: Picker
  readonly reach: Reach
  readonly report: Report
  readonly clock: Clock
  /** See `PumpOptions`. */
  readonly halfOpenTimeout?: Milliseconds
  readonly idleTimeout?: Milliseconds
}

/** A client, and what it is read into. */
export interface Arrival {
  readonly client: Socket
  readonly sent: Intake
}

/** Serves `client` to the end: finds it an endpoint, carries its bytes, reports. Never rejects. */
export const serve = async (arrival: Arrival, service: Service): Promise<void> => {
  const { client } = arrival
  client.on('error', () => undefined)
  const address = addressOf(client)
  if (!address) {
    client.destroy()
    return
  }
  const { servicePort, report } = service
  const connection = service.connections.open(servicePort)
  const who = { connection: connection.number, servicePort, client: address }
  const end: End =
    connection.kind === 'refused'
      ? { type: 'turned-away', ...who, reason: connection.reason }
      : await serveOpen({ ...arrival, who, connection }, service)
  report(end)
  if (end.type === 'turned-away') reset(client)
  if (connection.kind === 'open') connection.close()
}

type End = TurnedAway | Disconnected

interface Admitted extends Arrival {
  readonly who: {
    readonly connection: number
    readonly servicePort: ServicePortId
    readonly client: IpAddress
  }
  readonly connection: OpenConnection
}

/** Resolves with how it ended. A client that nobody serves is still there. */
const serveOpen = async (
  { client, sent, who, connection: { signal, abort } }: Admitted,
  service: Service,
): Promise<End> => {
  const { picker, reach, clock, budget, ownSockets, rounds, halfOpenTimeout, idleTimeout, report } = service
  const turnAway = (reason: TurnedAway['reason']): TurnedAway => ({ type: 'turned-away', ...who, reason })
  const returns = ownSockets.returnsOf({ address: who.client, port: client.remotePort ?? 0 })
  if (isLoop(returns)) return turnAway('loop')
  const arrived = clock.now()
  const duration = (): Milliseconds => milliseconds(clock.now() - arrived)
  const received = new Intake(budget)
  const failed = (failure: DialFailure): void => report({ type: 'dial-failed', ...who, ...failure })
  const opened: Opened = (local, stream) => void stream.once('close', ownSockets.add(local, returns))

  client.once('close', abort)
  const dialled = await dial({ picker, reach, client: who.client, signal, inlet: received, failed, opened })
  client.off('close', abort)
  if (dialled.kind === 'aborted') return turnAway(client.destroyed ? 'client left' : 'stopping')
  if (dialled.kind === 'nobody') return turnAway(dialled.reason)
  const { stream, endpoint, attempt } = dialled
  report({ type: 'connected', ...who, endpoint, attempt, duration: duration() })
  const outcome = await pump(
    { client, endpoint: stream, sent, received },
    { clock, rounds, halfOpenTimeout, idleTimeout, signal },
  )
  return { type: 'disconnected', ...who, endpoint, ...outcome, duration: duration() }
}

/** Undefined when the client is gone already. */
const addressOf = ({ remoteAddress }: Socket): IpAddress | undefined =>
  remoteAddress === undefined ? undefined : ipAddress(remoteAddress.replace(/%.*/, ''))
