import { isDnsLabel } from '../../model/dns-label.js'
import type { IpAddress } from '../../model/ip-address.js'
import { whyUndialable } from '../../model/undialable.js'
import { field, textFields } from '../raw.js'
import { notForUs, refused, type Skip } from './skip.js'
import { whyTooLong } from './too-long.js'

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
  return undefined
}

/** Why nothing of a Service is proxied; undefined when something is. */
export const whyNotOurs = (draft: ServiceDraft): Skip | undefined => {
  const { namespace, name, what, object, written } = draft
  const tooLong = whyTooLong({
    ports: field(object, 'spec', 'ports'),
    'cluster IPs': field(object, 'spec', 'clusterIPs'),
    'external IPs': field(object, 'spec', 'externalIPs'),
    'load-balancer IPs': field(object, 'status', 'loadBalancer', 'ingress'),
    loadBalancerSourceRanges: field(object, 'spec', 'loadBalancerSourceRanges'),
  })
  if (tooLong !== undefined) return refused(what, tooLong)
  if (!isDnsLabel(namespace) || !isDnsLabel(name)) return refused(what, 'its name is no DNS label')
  const labelled = whyLabelled(object)
  if (labelled !== undefined) return notForUs(what, labelled)
  if (field(object, 'spec', 'type') === 'ExternalName')
    return notForUs(what, 'ExternalName: DNS answers for it, so there is nothing to proxy')
  const first = written[0] ?? ''
  if (first === 'None') return notForUs(what, 'headless: clients connect to its endpoints themselves')
  return first === '' ? notForUs(what, 'it has no cluster IP') : whyIps(draft)
}
