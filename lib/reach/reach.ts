import type { Duplex } from 'node:stream'
import type { Endpoint } from '../model/endpoint.js'
import type { Milliseconds } from '../model/milliseconds.js'

/** A way to get from here to an endpoint. */
export interface Reach {
  /** How long to wait for each attempt; as many attempts as entries. */
  readonly schedule: readonly Milliseconds[]
  /** Connects to `endpoint`. Rejects, and leaves no socket behind, after `timeout` or when `signal` aborts. */
  dial(endpoint: Endpoint, options: DialOptions): Promise<EndpointStream>
}

export interface DialOptions {
  readonly timeout: Milliseconds
  readonly signal: AbortSignal
}

/** An open connection to an endpoint; a `net.Socket` is one. Half-open is allowed: each side ends by itself. */
export interface EndpointStream extends Duplex {
  /** Ends at once, and lets the endpoint see a reset instead of a clean end. */
  resetAndDestroy(): unknown
}
