import { type Cidr, cidrHas, cidrText } from '../../model/cidr.js'
import type { Endpoint } from '../../model/endpoint.js'
import type { IpAddress } from '../../model/ip-address.js'
import { type Portal, portalText } from '../../model/portal.js'
import type { Protocol } from '../../model/service-port.js'
import { whyUndialable } from '../../model/undialable.js'
import { type ExternalAddress, externalText } from './external-addresses.js'

/** Which addresses no Service may take, whoever wrote it (CVE-2020-8554). */
export interface AddressRules {
  /** External and load-balancer IPs must be in one of these. Absent: they may be anywhere. */
  readonly externalCidrs?: readonly Cidr[]
  /** Where the cluster's own cluster IPs are from. */
  readonly serviceCidrs: readonly Cidr[]
  /** Where the API server is asked: by us, and by those who ask its own Service. */
  readonly apiServers?: readonly Endpoint[]
  /** What an external or load-balancer IP takes of its address: the Service's ports (default), or all of it. */
  readonly externalIpsTake?: 'ports' | 'addresses'
}

/** Why nobody may be met at `external`, whatever the port; undefined when clients may. */
export const whyNotThere = (
  external: ExternalAddress,
  { externalCidrs, serviceCidrs }: AddressRules,
): string | undefined => {
  const { address } = external
  const it = externalText(external)
  const why = whyUndialable(address)
  if (why !== undefined) return `${it} is an ${why}`
  const inside = serviceCidrs.find(range => cidrHas(range, address))
  if (inside) return `${it} is in ${cidrText(inside)}, where cluster IPs are from`
  const allowed = !externalCidrs || externalCidrs.some(range => cidrHas(range, address))
  return allowed ? undefined : `${it} is in none of --external-cidrs`
}

interface Surroundings {
  readonly rules: AddressRules
  readonly own: readonly IpAddress[]
}

/**
 * Why `portal` may not be: because clients of the API server here, and we, would be cut off from it. A cluster IP is never
 * that: the API server gave it away itself, and who is sent there to ask it is told so at the start.
 */
export const whyApiServer = (
  portal: Portal,
  protocol: Protocol,
  { rules: { apiServers = [], externalIpsTake = 'ports' }, own }: Surroundings,
): string | undefined => {
  if (portal.kind === 'cluster-ip') return undefined
  const it = portalText(portal)
  if (externalIpsTake === 'addresses' && portal.kind !== 'node-port')
    return apiServers.some(({ address }) => address === portal.address)
      ? `${it} would take all of the address where the API server is asked`
      : undefined
  const isThere = ({ address, port }: Endpoint): boolean =>
    port === portal.port &&
    (portal.kind === 'node-port'
      ? own.includes(address) || whyUndialable(address) !== undefined
      : portal.address === address)
  return protocol === 'TCP' && apiServers.some(isThere) ? `${it} is where the API server is asked` : undefined
}
