import { type Brand, branded } from './brand.js'
import type { Endpoint } from './endpoint.js'
import type { Milliseconds } from './milliseconds.js'
import type { Portal, Verdict } from './portal.js'
import type { Terms } from './terms.js'

export type Protocol = 'TCP' | 'UDP' | 'SCTP'

/** What tells one service port from all others, in one string: `shop/cart:http/TCP`. */
export type ServicePortId = Brand<string, 'ServicePortId'>

/** Which client goes to which endpoint: in turn, or back to where it was within the last `timeout`. */
export type Affinity =
  { readonly kind: 'none' } | { readonly kind: 'client-ip'; readonly timeout: Milliseconds }

/** Names one port of one Service. The port of a Service with one port may have no name: ''. */
export interface ServicePortName {
  readonly namespace: string
  readonly service: string
  readonly port: string
  readonly protocol: Protocol
}

/** One port of one Service: where clients meet it, and who serves it now. */
export interface ServicePort {
  readonly id: ServicePortId
  readonly name: ServicePortName
  readonly portals: readonly Portal[]
  /** Those that may serve a new client now. Empty means that clients are refused. */
  readonly endpoints: readonly Endpoint[]
  readonly affinity: Affinity
  /** What the Service itself asks for. */
  readonly terms: Terms
}

/** The name as kube-proxy writes it, and our rules' comments: `shop/cart:http`. */
export const servicePortText = ({ namespace, service, port }: ServicePortName): string =>
  port === '' ? `${namespace}/${service}` : `${namespace}/${service}:${port}`

export const servicePortId = (name: ServicePortName): ServicePortId =>
  branded(`${servicePortText(name)}/${name.protocol}`)

/** Nobody there means refused at once, as a closed port would: not a connection that opens and dies. */
export const verdictOf = ({ endpoints }: ServicePort): Verdict => (endpoints.length > 0 ? 'serve' : 'refuse')
