import { familyOf, type IpAddress } from '../../model/ip-address.js'
import { whyUndialable } from '../../model/undialable.js'
import { field, list, textFields } from '../raw.js'
import { isDnsLabel, notForUs, refused, type Skip } from './skip.js'

const proxyName = 'service.kubernetes.io/service-proxy-name'
const headless = 'service.kubernetes.io/headless'

/** Why an object is left to others by its labels, as kube-proxy decides it; undefined when it is not. */
export const whyLabelled = (object: unknown): string | undefined => {
  const labels = textFields(field(object, 'metadata', 'labels'))
  const proxy = labels[proxyName]
  if (proxy !== undefined) return `its label ${proxyName} gives it to ${JSON.stringify(proxy)}`
  return labels[headless] === undefined ? undefined : `its label ${headless} says that nobody proxies it`
}

/** A Service as far as it was read. */
export interface ServiceDraft {
  readonly namespace: string
  readonly name: string
  /** What its events call it. */
  readonly what: string
  readonly object: unknown
  /** Its cluster IPs as they are written. */
  readonly written: readonly string[]
  /** The same as addresses; undefined when one is none. */
  readonly clusterIps: readonly IpAddress[] | undefined
}

const whyIps = ({ what, written, clusterIps }: ServiceDraft): Skip | undefined => {
  if (!clusterIps) return refused(what, `its cluster IP ${JSON.stringify(written.join())} is no IP address`)
  for (const address of clusterIps) {
    const why = whyUndialable(address)
    if (why !== undefined) return refused(what, `its cluster IP ${address} is an ${why}`)
  }
  return clusterIps.every(address => familyOf(address) === 'IPv6')
    ? notForUs(what, 'it is IPv6 only, which is not proxied yet')
    : undefined
}

/** Why nothing of a Service is proxied; undefined when something is. */
export const whyNotOurs = (draft: ServiceDraft): Skip | undefined => {
  const { namespace, name, what, object, written } = draft
  if (!isDnsLabel(namespace) || !isDnsLabel(name)) return refused(what, 'its name is no DNS label')
  const labelled = whyLabelled(object)
  if (labelled !== undefined) return notForUs(what, labelled)
  if (field(object, 'spec', 'type') === 'ExternalName')
    return notForUs(what, 'ExternalName: DNS answers for it, so there is nothing to proxy')
  const first = written[0] ?? ''
  if (first === 'None') return notForUs(what, 'headless: clients connect to its endpoints themselves')
  return first === '' ? notForUs(what, 'it has no cluster IP') : whyIps(draft)
}

/** What is asked of us that we do not do yet, while the cluster IP is served. */
const notYet = (object: unknown): string[] => {
  const ports = list(field(object, 'spec', 'ports'))
  return [
    ...(ports.some(port => field(port, 'nodePort') !== undefined) ? ['node ports'] : []),
    ...(list(field(object, 'spec', 'externalIPs')).length > 0 ? ['external IPs'] : []),
    ...(list(field(object, 'status', 'loadBalancer', 'ingress')).length > 0 ? ['load-balancer IPs'] : []),
  ]
}

/** What of a Service is not proxied though its cluster IP is. */
export const partsNotOurs = ({ object, what, clusterIps = [] }: ServiceDraft): Skip[] => {
  const kinds = notYet(object)
  const six = clusterIps.filter(address => familyOf(address) === 'IPv6')
  const local = field(object, 'spec', 'internalTrafficPolicy') === 'Local'
  return [
    ...(kinds.length === 0 ? [] : [notForUs(what, `its ${kinds.join(', ')} are not proxied yet`)]),
    ...six.map(address => notForUs(what, `its cluster IP ${address} is IPv6, which is not proxied yet`)),
    ...(local
      ? [notForUs(what, 'its internalTrafficPolicy Local is not followed yet: it counts as Cluster')]
      : []),
  ]
}
