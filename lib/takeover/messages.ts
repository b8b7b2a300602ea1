import type { KnownPin } from '../balancer/sticky.js'
import type { Origin } from '../dataplane/udp/client.js'
import type { Endpoint } from '../model/endpoint.js'
import type { Port } from '../model/port.js'
import type { ServicePortId } from '../model/service-port.js'

/*
 * What a process and its successor say to each other. Both are this program, but may be of two versions: where these messages
 * change, the number of the protocol does, and a successor that speaks another one does not begin.
 */

/** How a successor is told that it is one, with the number of the protocol that its predecessor speaks. */
export const successorVariable = 'KUBE_PORTAL_SUCCESSOR'

export const protocol = '1'

/** What a successor asks. Each is answered by a `Reply`. */
export type Request =
  /** Change nothing any more, and say what you have. */
  | { readonly type: 'rest' }
  /** The TCP or unix server of that name, if you have one. */
  | { readonly type: 'server'; readonly name: string }
  /** The UDP door of that name, if you have one; its flows come first. */
  | { readonly type: 'door'; readonly name: string }
  /** I serve: accept nobody any more. */
  | { readonly type: 'relieve' }
  /** Say when the connections of all processes before me have ended. */
  | { readonly type: 'ended' }
  /** End those connections. */
  | { readonly type: 'reset' }

export type Asked = Request & { readonly request: number }

export interface Reply {
  readonly reply: number
  /** To `rest`. */
  readonly localPorts?: ReadonlyMap<ServicePortId, Port>
}

/** What needs no answer. */
export type Note =
  /** Before the reply to `rest`: where clients of one service port are pinned to. */
  | { readonly note: 'pins'; readonly servicePort: ServicePortId; readonly pins: readonly KnownPin[] }
  /** Before the reply to `door`, with the flow's socket. */
  | { readonly note: 'flow'; readonly door: string; readonly client: Origin; readonly endpoint: Endpoint }
  /** After the flows of a door were given away: what was read there. */
  | { readonly note: 'datagram'; readonly door: string; readonly from: Origin; readonly datagram: Uint8Array }

export type Message = Asked | Reply | Note

const has = (value: object, key: string, type: 'number' | 'string'): boolean =>
  typeof Reflect.get(value, key) === type

/** Whether it is one. What it says in particular is believed: it comes from a process that speaks the same protocol. */
export const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' &&
  value !== null &&
  (has(value, 'request', 'number') || has(value, 'reply', 'number') || has(value, 'note', 'string'))
