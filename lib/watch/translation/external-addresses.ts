import { type IpAddress, ipAddress } from '../../model/ip-address.js'
import { field, list, text } from '../raw.js'
import { notForUs, refused, type Skip } from './skip.js'

/** An address at which a Service is met by clients from outside the cluster. */
export interface ExternalAddress {
  readonly kind: 'external-ip' | 'load-balancer'
  readonly address: IpAddress
}

export interface ExternalAddresses {
  /** Each once. */
  readonly addresses: readonly ExternalAddress[]
  readonly skips: readonly Skip[]
}

/** The address as people say it: `its external IP 198.51.100.1`. */
export const externalText = ({ kind, address }: ExternalAddress): string =>
  kind === 'external-ip' ? `its external IP ${address}` : `its load-balancer IP ${address}`

const read = (what: string, kind: ExternalAddress['kind'], written: unknown): ExternalAddress | Skip => {
  try {
    return { kind, address: ipAddress(text(written) ?? '') }
  } catch {
    const name = kind === 'external-ip' ? 'external IP' : 'load-balancer IP'
    return refused(what, `its ${name} ${JSON.stringify(written ?? null).slice(0, 80)} is no IP address`)
  }
}

/** An ingress without an address has a host name, which DNS answers for. */
const readIngress = (what: string, ingress: unknown): (ExternalAddress | Skip)[] => {
  const written = field(ingress, 'ip') ?? ''
  if (written === '') return []
  const one = read(what, 'load-balancer', written)
  // Any mode that is not this one, and be it of the future, has its own way to the nodes: kube-proxy's reading.
  if ('type' in one || (field(ingress, 'ipMode') ?? 'VIP') === 'VIP') return [one]
  const mode = JSON.stringify(field(ingress, 'ipMode'))
  return [notForUs(what, `${externalText(one)} has ipMode ${mode}: its load balancer connects to node ports`)]
}

/** Reads the external and the load-balancer IPs of the Service that events call `what`. */
export const readExternalAddresses = (what: string, object: unknown): ExternalAddresses => {
  const ofLoadBalancer = field(object, 'spec', 'type') === 'LoadBalancer'
  const ingresses = ofLoadBalancer ? list(field(object, 'status', 'loadBalancer', 'ingress')) : []
  const all = [
    // First, because one that is an external IP too stays with the source ranges of the load balancer.
    ...ingresses.flatMap(each => readIngress(what, each)),
    ...list(field(object, 'spec', 'externalIPs')).map(each => read(what, 'external-ip', each)),
  ]
  const found = new Map<IpAddress, ExternalAddress>()
  const skips: Skip[] = []
  for (const each of all)
    if ('type' in each) skips.push(each)
    else if (!found.has(each.address)) found.set(each.address, each)
  return { addresses: [...found.values()], skips }
}
