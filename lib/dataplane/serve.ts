import type { Socket } from 'node:net'
import type { Picker } from '../balancer/picker.js'
import type { Clock } from '../model/clock.js'
import type { Report } from '../model/event.js'
import { ipAddress, type IpAddress } from '../model/ip-address.js'
import { milliseconds, type Milliseconds } from '../model/milliseconds.js'
import type { ServicePortId } from '../model/service-port.js'
import type { Reach } from '../reach/reach.js'
import type { Connections } from './connections.js'
import type { Budget } from './budget.js'
import { dial, type DialFailure } from './dial.js'
import { Intake } from './intake.js'
import { pump } from './pump.js'
import { reset } from './reset.js'

/** What is the same for all clients of a service port. */
export interface Service {
  readonly servicePort: ServicePortId
  readonly picker: Picker
  readonly reach: Reach
  readonly connections: Connections
  readonly report: Report
  readonly clock: Clock
  /** For what is on its way, over all service ports. */
  readonly budget: Budget
  /** See `PumpOptions`. */
  readonly halfOpenTimeout?: Milliseconds
}

/** A client, and what it is read into. */
export interface Arrival {
  readonly client: Socket
  readonly sent: Intake
}

/** Serves `client` to the end: finds it an endpoint, carries its bytes, reports. Never rejects. */
export const serve = async ({ client, sent }: Arrival, service: Service): Promise<void> => {
  client.on('error', () => undefined)
  const address = addressOf(client)
  if (!address) {
    client.destroy()
    return
  }
  const { clock, servicePort, report } = service
  const connection = service.connections.open()
  const who = { connection: connection.number, servicePort, client: address }
  const arrived = clock.now()
  const duration = (): Milliseconds => milliseconds(clock.now() - arrived)
  const { signal } = connection

  const received = new Intake(service.budget)
  client.once('close', connection.abort)
  const failed = (failure: DialFailure): void => report({ type: 'dial-failed', ...who, ...failure })
  const dialled = await dial({ ...service, client: address, signal, inlet: received, failed })
  client.off('close', connection.abort)
  if (dialled.kind === 'connected') {
    const { stream, endpoint, attempt } = dialled
    report({ type: 'connected', ...who, endpoint, attempt, duration: duration() })
    const outcome = await pump({ client, endpoint: stream, sent, received }, { ...service, signal })
    report({ type: 'disconnected', ...who, endpoint, ...outcome, duration: duration() })
  } else {
    const aborted = client.destroyed ? 'client left' : 'stopping'
    report({ type: 'turned-away', ...who, reason: dialled.kind === 'nobody' ? dialled.reason : aborted })
    reset(client)
  }
  connection.close()
}

/** Undefined when the client is gone already. */
const addressOf = ({ remoteAddress }: Socket): IpAddress | undefined =>
  remoteAddress === undefined ? undefined : ipAddress(remoteAddress.replace(/%.*/, ''))
