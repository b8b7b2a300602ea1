import type { Picker } from '../balancer/picker.js'
import { type Endpoint, isSameEndpoint } from '../model/endpoint.js'
import { errorText } from '../model/error-text.js'
import type { IpAddress } from '../model/ip-address.js'
import type { ServicePortId } from '../model/service-port.js'
import type { Reach } from '../reach/reach.js'
import type { Budget } from '../stream/budget.js'
import type { ByteStream } from '../stream/byte-stream.js'
import type { SocketName } from '../stream/socket-name.js'
import type { OpenConnection } from './connections.js'

/** Who serves, and how to get there. */
export interface Destination {
  readonly servicePort: ServicePortId
  readonly picker: Picker
  readonly reach: Reach
  /** Memory for what is read in bulk. */
  readonly budget: Budget
  /** Whether an endpoint is a listener of ours: a circle, and never dialled. */
  readonly isOurs: (endpoint: Endpoint) => boolean
}

export interface DialRequest {
  readonly client: IpAddress
  readonly connection: OpenConnection
  /** Our end of each attempt: one at a time, and the last is that of the stream. */
  readonly opened: (local: SocketName, endpoint: Endpoint) => void
  readonly failed: (failure: DialFailure) => void
  /** Told before each attempt. Absent: nobody wants to know. */
  readonly chosen?: ((choice: DialChoice) => void) | undefined
}

export interface DialChoice {
  readonly endpoint: Endpoint
  readonly attempt: number
  readonly by: 'affinity' | 'turn'
}

export interface DialFailure {
  readonly endpoint: Endpoint
  readonly attempt: number
  readonly reason: string
}

export type Dialled =
  | {
      readonly kind: 'connected'
      readonly stream: ByteStream
      readonly endpoint: Endpoint
      readonly attempt: number
    }
  | { readonly kind: 'nobody'; readonly reason: 'no endpoint' | 'every endpoint failed' | 'loop' }
  | { readonly kind: 'stopped' }

/**
 * Connects a client to an endpoint: as many attempts as the reach's schedule has, each with another endpoint as long as
 * there is one. Each failure is told, and the client's affinity forgotten. Leaves no stream behind when the connection is
 * stopped meanwhile.
 */
export const dial = async (
  { servicePort, picker, reach, budget, isOurs }: Destination,
  { client, connection, opened, failed, chosen }: DialRequest,
): Promise<Dialled> => {
  const tried: Endpoint[] = []
  for (const timeout of reach.schedule) {
    if (connection.isStopped()) return { kind: 'stopped' }
    const pin = chosen && picker.pinOf?.(client)
    const endpoint = picker.next(client, tried)
    if (!endpoint) break
    const attempt = tried.length + 1
    chosen?.({ endpoint, attempt, by: isSameEndpoint(endpoint, pin?.endpoint) ? 'affinity' : 'turn' })
    const fail = (reason: string): void => {
      picker.forget(client, endpoint)
      tried.push(endpoint)
      failed({ endpoint, attempt, reason })
    }
    if (isOurs(endpoint)) {
      fail('it is a listener of kube-portal itself')
      continue
    }
    try {
      const toldOf = (local: SocketName): void => opened(local, endpoint)
      // Without spreads: it is made for each connection.
      const dialling = reach.dial(endpoint, { timeout, servicePort, budget, opened: toldOf })
      connection.whenStopped = () => dialling.giveUp()
      const stream = await dialling.stream
      if (!connection.isStopped()) return { kind: 'connected', stream, endpoint, attempt }
      stream.reset()
      return { kind: 'stopped' }
    } catch (error) {
      if (connection.isStopped()) return { kind: 'stopped' }
      fail(errorText(error))
    }
  }
  return { kind: 'nobody', reason: tried.length > 0 ? 'every endpoint failed' : 'no endpoint' }
}
