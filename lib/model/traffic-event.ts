import type { Endpoint } from './endpoint.js'
import type { IpAddress } from './ip-address.js'
import type { Milliseconds } from './milliseconds.js'
import type { Port } from './port.js'
import type { ServicePortId } from './service-port.js'

/** The client was reset: nobody to serve it, nobody who answered, or no room for it. */
export interface TurnedAway {
  readonly type: 'turned-away'
  readonly connection: number
  readonly servicePort: ServicePortId
  readonly client: IpAddress
  readonly reason:
    | 'no endpoint'
    | 'every endpoint failed'
    | 'client left'
    | 'stopping'
    | 'loop'
    | 'more than its share of connections'
    | 'too many connections'
}

/** A client that was served is gone. */
export interface Disconnected {
  readonly type: 'disconnected'
  readonly connection: number
  readonly servicePort: ServicePortId
  readonly client: IpAddress
  readonly endpoint: Endpoint
  /** Bytes from the client to the endpoint. */
  readonly sent: number
  /** Bytes from the endpoint to the client. */
  readonly received: number
  readonly duration: Milliseconds
  readonly how:
    | 'ended'
    | 'reset by client'
    | 'reset by endpoint'
    | 'half-open too long'
    | 'stalled'
    | 'idle too long'
    | 'endpoint gone'
    | 'stopping'
}

/** What happened between a client and an endpoint. `connection` numbers them, from 1. */
export type ConnectionEvent =
  | {
      readonly type: 'connected'
      readonly connection: number
      readonly servicePort: ServicePortId
      readonly client: IpAddress
      readonly endpoint: Endpoint
      /** 1 unless endpoints failed before this one. */
      readonly attempt: number
      readonly duration: Milliseconds
    }
  | {
      readonly type: 'dial-failed'
      readonly connection: number
      readonly servicePort: ServicePortId
      readonly client: IpAddress
      readonly endpoint: Endpoint
      readonly attempt: number
      readonly reason: string
    }
  | TurnedAway
  | Disconnected

/** A socket that sends datagrams to a service port. */
export interface FlowClient {
  readonly servicePort: ServicePortId
  readonly client: IpAddress
  /** Absent when the datagram came from no port (RFC 768). */
  readonly clientPort?: Port
}

/** Datagrams of a client were lost: nobody to serve it, nobody who took them, or no room for it. */
export interface FlowRefused extends FlowClient {
  readonly type: 'flow-refused'
  readonly reason: 'no endpoint' | 'every endpoint failed' | 'no room' | 'loop' | 'no port to answer'
}

/** A client and an endpoint exchange datagrams no longer. */
export interface FlowEnded extends FlowClient {
  readonly type: 'flow-ended'
  readonly flow: number
  readonly endpoint: Endpoint
  /** Bytes from the client to the endpoint. */
  readonly sent: number
  /** Bytes from the endpoint to the client. */
  readonly received: number
  readonly duration: Milliseconds
  readonly how: 'idle' | 'endpoint gone' | 'endpoint refused' | 'made room' | 'closing' | 'handed over'
}

/** What happened to datagrams between a client and an endpoint. `flow` numbers them, from 1. */
export type FlowEvent =
  | (FlowClient & {
      readonly type: 'flow-began'
      readonly flow: number
      readonly endpoint: Endpoint
      /** 1 unless endpoints failed before this one. */
      readonly attempt: number
    })
  | (FlowClient & {
      readonly type: 'flow-failed'
      readonly endpoint: Endpoint
      readonly attempt: number
      readonly reason: string
    })
  | FlowRefused
  | FlowEnded

/** What happens between clients and endpoints. */
export type TrafficEvent = ConnectionEvent | FlowEvent

const types: ReadonlySet<string> = new Set<TrafficEvent['type']>([
  ...(['connected', 'dial-failed', 'turned-away', 'disconnected'] as const),
  ...(['flow-began', 'flow-failed', 'flow-refused', 'flow-ended'] as const),
])

/** Tells such an event from all others. */
export const isTraffic = (event: { readonly type: string }): event is TrafficEvent => types.has(event.type)
