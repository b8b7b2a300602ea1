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

/** Where the bytes go that a stream reads, instead of being emitted: Node's `onread`. */
export interface Inlet {
  /** What to read into next; asked after each read. */
  readonly buffer: () => Uint8Array
  /** So many bytes are there. False: read no more until the stream is resumed. */
  readonly callback: (size: number) => boolean
}

/** An address and port of ours. */
export interface LocalEnd {
  readonly address: string
  readonly port: number
}

export type Opened = (local: LocalEnd, stream: EndpointStream) => void

export interface DialOptions {
  readonly timeout: Milliseconds
  readonly signal: AbortSignal
  /** For streams that can read into a buffer of ours; others emit `data`. */
  readonly inlet?: Inlet
  /** Told the local end of a connection before anybody can have accepted it; not by ways that have none. */
  readonly opened?: Opened
}

/** An open connection to an endpoint; a `net.Socket` is one. Half-open is allowed: each side ends by itself. */
export interface EndpointStream extends Duplex {
  /** Ends at once, and lets the endpoint see a reset instead of a clean end. */
  resetAndDestroy(): unknown
}
