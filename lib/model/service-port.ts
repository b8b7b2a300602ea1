import { type Brand, branded } from './brand.js'
import type { Endpoint } from './endpoint.js'
import type { Family } from './ip-address.js'
import type { Milliseconds } from './milliseconds.js'
import type { Portal, Verdict } from './portal.js'
import type { Terms } from './terms.js'

export type Protocol = 'TCP' | 'UDP' | 'SCTP'

/** Whose endpoints serve: the cluster's, or only this node's own. */
export type TrafficPolicy = 'Cluster' | 'Local'

/** Clients who meet a service port under the same family and policy, and so share its endpoints and its listener. */
export interface TrafficClass {
  readonly family: Family
  readonly policy: TrafficPolicy
}

/**
 * What tells one service port, and one traffic class of it, from all others, in one string: `shop/cart:http/TCP`, and for
 * what is not IPv4 and Cluster `shop/cart:http/TCP/IPv6`, `…/TCP/Local`, `…/TCP/IPv6/Local`.
 */
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

/** One port of one Service, for one traffic class: where clients meet it, and who serves it now. */
export interface ServicePort extends TrafficClass {
  readonly id: ServicePortId
  readonly name: ServicePortName
  readonly portals: readonly Portal[]
  /** Those that may serve a new client now. */
  readonly endpoints: readonly Endpoint[]
  /** Whether others serve the Service whom this class may not use: then its clients are dropped where nobody serves them. */
  readonly othersServe: boolean
  readonly affinity: Affinity
  /** What the Service itself asks for. */
  readonly terms: Terms
}

/** The name as kube-proxy writes it, and our rules' comments: `shop/cart:http`. */
export const servicePortText = ({ namespace, service, port }: ServicePortName): string =>
  port === '' ? `${namespace}/${service}` : `${namespace}/${service}:${port}`

/** What most Services have, and only. */
export const ordinaryTraffic: TrafficClass = { family: 'IPv4', policy: 'Cluster' }

export const servicePortId = (
  name: ServicePortName,
  { family, policy }: TrafficClass = ordinaryTraffic,
): ServicePortId =>
  branded(
    `${servicePortText(name)}/${name.protocol}${family === 'IPv6' ? '/IPv6' : ''}${policy === 'Local' ? '/Local' : ''}`,
  )

/** The protocol of the service port that is called so. */
export const protocolOf = (id: ServicePortId): Protocol => {
  const [, , protocol] = id.split('/')
  return protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP'
}

/** The Service whose service port is called so. */
export const serviceOf = (id: ServicePortId): Pick<ServicePortName, 'namespace' | 'service'> => {
  const [namespace = '', named = ''] = id.split('/')
  const [service = ''] = named.split(':')
  return { namespace, service }
}

/** Nobody there means refused at once, as a closed port would: not a connection that opens and dies. */
export const verdictOf = ({ endpoints, othersServe }: ServicePort): Verdict =>
  endpoints.length > 0 ? 'serve' : othersServe ? 'drop' : 'refuse'
