import type { Endpoint } from '../../model/endpoint.js'
import type { Origin } from './client.js'
import type { ParkedSocket } from './parked-socket.js'

/** A flow that began in a process before this one. */
export interface InheritedFlow {
  readonly client: Origin
  readonly endpoint: Endpoint
  /** Connected to the endpoint. */
  readonly parked: ParkedSocket
}

/** Where clients come to, with those that came already. */
export interface InheritedDoor {
  readonly parked: ParkedSocket
  readonly flows: readonly InheritedFlow[]
}

/** A process that gets a door and its flows. Each call resolves when the socket is on its way. */
export interface Heir {
  flow(
    client: Origin,
    flow: { readonly endpoint: Endpoint; readonly socket: ParkedSocket['socket'] },
  ): Promise<void>
  /** What was read from the door after that. */
  datagram(datagram: Buffer, from: Origin): void
}
