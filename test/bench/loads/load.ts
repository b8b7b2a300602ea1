import type { Kind, Peer } from '../peers/peer.js'

/** Something that a proxy is given to do, for so many seconds at a time. */
export interface Load {
  readonly name: string
  /** What the CPU is divided by, and how it is written. */
  readonly unit: { readonly cpu: 'µs' | 's'; readonly of: string }
  readonly kind: Kind
  /** Rejects when the proxy did not carry it. */
  run(peer: Peer, seconds: number): Promise<Done>
}

export interface Done {
  readonly units: number
  /** As the client saw them, in milliseconds. */
  readonly latency?: { readonly p50: number; readonly p99: number }
}
