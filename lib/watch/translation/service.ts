import { familyOf, type IpAddress, ipAddress } from '../../model/ip-address.js'
import { seconds } from '../../model/milliseconds.js'
import type { Affinity } from '../../model/service-port.js'
import { type Annotations, readAnnotations } from './annotations.js'
import { partsNotOurs, type ServiceDraft, whyNotOurs } from './not-ours.js'
import { field, list, text, texts } from '../raw.js'
import { type ProxiedPort, readServicePorts } from './service-ports.js'
import { objectText, type Skip } from './skip.js'

/** What we need of a Service. */
export interface Service {
  readonly namespace: string
  readonly name: string
  /** When it was made, in a form that sorts. */
  readonly created: string
  /** Its cluster IPs, even when others proxy it: nobody's endpoint may be one of them. */
  readonly clusterIps: readonly IpAddress[]
  /** The cluster IP that is proxied, and its ports. Absent when none is. */
  readonly portals?: { readonly address: IpAddress; readonly ports: readonly ProxiedPort[] }
  readonly affinity: Affinity
  /** What it asks for, for its ports of each protocol. */
  readonly terms: Annotations['terms']
  /** Why it, or a part of it, is not proxied. */
  readonly skips: readonly Skip[]
}

const defaultAffinity = 10_800

const affinityOf = (object: unknown): Affinity => {
  if (field(object, 'spec', 'sessionAffinity') !== 'ClientIP') return { kind: 'none' }
  const timeout = field(object, 'spec', 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds')
  return {
    kind: 'client-ip',
    timeout: seconds(typeof timeout === 'number' && timeout > 0 ? timeout : defaultAffinity),
  }
}

const addresses = (written: readonly string[]): readonly IpAddress[] | undefined => {
  try {
    return written.map(ipAddress)
  } catch {
    return undefined
  }
}

const draftOf = (object: unknown): ServiceDraft => {
  const namespace = text(field(object, 'metadata', 'namespace')) ?? ''
  const name = text(field(object, 'metadata', 'name')) ?? ''
  const several = texts(field(object, 'spec', 'clusterIPs'))
  // Servers before 1.20 know only one.
  const written = several.length > 0 ? several : texts([field(object, 'spec', 'clusterIP')])
  const what = objectText('Service', namespace, name)
  return { namespace, name, what, object, written, clusterIps: addresses(written) }
}

/** Reads a Service. What is wrong with it is in `skips`; never throws. */
export const readService = (object: unknown): Service => {
  const draft = draftOf(object)
  const { namespace, name, what, clusterIps = [] } = draft
  const { terms, skips: misread } = readAnnotations(what, object)
  const service = {
    ...{ namespace, name, clusterIps, affinity: affinityOf(object), terms },
    // One that does not say is younger than all others.
    created: text(field(object, 'metadata', 'creationTimestamp')) ?? '~',
  }
  const skip = whyNotOurs(draft)
  // What is refused owns nothing: else it could take away others' endpoints.
  if (skip) return { ...service, clusterIps: skip.why === 'refused' ? [] : clusterIps, skips: [skip] }
  const { ports, skips } = readServicePorts(what, list(field(object, 'spec', 'ports')))
  const address = clusterIps.find(each => familyOf(each) === 'IPv4')
  return {
    ...service,
    ...(address !== undefined && ports.length > 0 && { portals: { address, ports } }),
    skips: [...skips, ...misread, ...partsNotOurs(draft)],
  }
}
