import { type IpAddress, ipAddress } from '../../model/ip-address.js'
import { seconds } from '../../model/milliseconds.js'
import type { Affinity } from '../../model/service-port.js'
import { type Annotations, readAnnotations } from './annotations.js'
import { field, text, texts } from '../raw.js'
import { type Exposure, readExposure } from './exposure.js'
import { type ServiceDraft, whyNotOurs } from './not-ours.js'
import { readLabels } from './labels.js'
import { fewOf, objectText, shown, type Skip } from './skip.js'

/** What we need of a Service. */
export interface Service {
  readonly namespace: string
  readonly name: string
  /** `NAMESPACE/NAME`. */
  readonly key: string
  /** What its events call it. */
  readonly what: string
  /** As it is written; '' where it is not. */
  readonly type: string
  readonly labels: Readonly<Record<string, string>>
  /** When it was made, in a form that sorts. */
  readonly created: string
  /** Its cluster IPs, even when others proxy it: nobody's endpoint may be one of them. */
  readonly clusterIps: readonly IpAddress[]
  /** Where it is to be met beside them. Absent when nothing of it is proxied. */
  readonly exposure?: Exposure
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

/** How the API writes times. They sort as texts. */
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

/** One that does not say, or says what is no time, is younger than all others: else it could have what is theirs. */
const createdOf = (object: unknown): string => {
  const written = text(field(object, 'metadata', 'creationTimestamp')) ?? ''
  return timestamp.test(written) && !Number.isNaN(Date.parse(written)) ? written : '~'
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
    ...{ namespace, name, key: `${namespace}/${name}`, what, clusterIps },
    ...{ affinity: affinityOf(object), terms },
    created: createdOf(object),
    type: shown(text(field(object, 'spec', 'type')) ?? '', 40),
    labels: readLabels(object),
  }
  const skip = whyNotOurs(draft)
  // What is refused owns nothing: else it could take away others' endpoints.
  if (skip) return { ...service, clusterIps: skip.why === 'refused' ? [] : clusterIps, skips: [skip] }
  const { exposure, skips } = readExposure(what, object)
  return { ...service, exposure, skips: fewOf([...skips, ...misread]) }
}
