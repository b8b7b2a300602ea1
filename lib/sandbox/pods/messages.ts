import { type Endpoint } from '../../model/endpoint.js'
import { type IpAddress } from '../../model/ip-address.js'
import type { Port } from '../../model/port.js'
import type { Question } from './ask.js'

/** A pod as the pod host knows it. */
export interface ServedPod {
  readonly uid: string
  readonly name: string
  /** One of each family it has. */
  readonly addresses: readonly IpAddress[]
  readonly ports: readonly { readonly protocol: 'TCP' | 'UDP'; readonly port: Port }[]
}

/** What the cluster asks of its pod host. */
export type Request =
  | { readonly kind: 'serve'; readonly pod: ServedPod }
  | { readonly kind: 'stop'; readonly uid: string }
  | { readonly kind: 'connect'; readonly from: IpAddress; readonly to: Endpoint }
  | { readonly kind: 'bind'; readonly from: IpAddress }
  | { readonly kind: 'ask'; readonly from: IpAddress; readonly question: Question }

/** A request under way; the reply carries its number. */
export interface Asking {
  readonly id: number
  readonly request: Request
}

/** What the pod host says: that it is there, with id 0, or how a request went. A socket may come with it, or the answer to a question. */
export interface Reply {
  readonly id: number
  readonly answer?: string
  readonly error?: { readonly message: string; readonly code?: string }
}

// Both ends are ours and of one build, so a look at the outside is enough.
export const isAsking = (message: unknown): message is Asking =>
  typeof message === 'object' && message !== null && 'id' in message && 'request' in message

export const isReply = (message: unknown): message is Reply =>
  typeof message === 'object' && message !== null && 'id' in message && !('request' in message)
