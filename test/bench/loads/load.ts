import type { Kind, Peer } from '../peers/peer.js'
import type { ToolName } from '../stage/tools.js'

/** Something that a proxy is given to do, for so many seconds at a time. */
export interface Load {
  readonly name: string
  /** What the CPU is divided by, and how it is written. */
  readonly unit: { readonly cpu: 'µs' | 's'; readonly of: string }
  readonly kind: Kind
  /** A program that has to be installed. */
  readonly needs?: ToolName
  /** Rejects when the proxy did not carry it. */
  run(peer: Peer, seconds: number): Promise<Done>
}

export interface Done {
  readonly units: number
  /** As the client saw them, in milliseconds. */
  readonly latency?: { readonly p50: number; readonly p99: number }
}
