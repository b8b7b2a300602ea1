import { familyOf } from '../../../model/ip-address.js'
import { type JsonObject, textAt, textsAt } from '../../json.js'
import type { Cause } from '../status-error.js'
import { addressIn, noAddress } from './address-causes.js'
import { duplicate, forbiddenField, unsupported, when, wrong } from './causes.js'
import type { ServiceAddresses } from './service-addresses.js'

/** What a Service is judged by, besides itself. */
export interface Past {
  /** The spec that it replaces; empty where it is new. */
  readonly before: JsonObject
  readonly addresses: ServiceAddresses
}

const ofExternalName = (spec: JsonObject): readonly Cause[] => [
  ...['clusterIPs', 'ipFamilies'].flatMap(field =>
    when(textsAt(spec, field).length > 0, () =>
      forbiddenField(`spec.${field}`, 'may not be set for ExternalName services'),
    ),
  ),
  ...when(textAt(spec, 'ipFamilyPolicy') !== '', () =>
    forbiddenField('spec.ipFamilyPolicy', 'may not be set for ExternalName services'),
  ),
]

/** What is wrong with the list as such, or undefined when each address can be looked at. */
const whyNoList = (spec: JsonObject): Cause | undefined => {
  const listed = textsAt(spec, 'clusterIPs')
  const type = textAt(spec, 'type')
  const bad = (why: string): Cause => wrong('spec.clusterIPs', listed, why)
  if (listed.length === 0) return bad('failed to allocate IP: range is full')
  if (listed[0] !== textAt(spec, 'clusterIP')) return bad('first value must match `clusterIP`')
  if (listed.includes('None') && listed.length > 1) return bad("'None' must be the first and only value")
  if (listed.length > 2) return bad('may only hold up to 2 values')
  const families = listed.flatMap(text => addressIn(text) ?? []).map(familyOf)
  if (new Set(families).size < families.length)
    return bad('may specify no more than one IP for each IP family')
  return listed[0] === 'None' && ['LoadBalancer', 'NodePort'].includes(type)
    ? wrong('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)
    : undefined
}

const clusterIpCauses = (spec: JsonObject, { before, addresses }: Past): readonly Cause[] => {
  const listed = textsAt(spec, 'clusterIPs')
  const old = textAt(before, 'type') === 'ExternalName' ? [] : textsAt(before, 'clusterIPs')
  if (old[0] !== undefined && old[0] !== textAt(spec, 'clusterIP'))
    return [wrong('spec.clusterIPs[0]', listed, 'may not change once set')]
  const why = whyNoList(spec)
  if (why) return [why]
  return listed.flatMap((text, index) => {
    if (text === 'None' || old.includes(text)) return []
    const address = addressIn(text)
    if (!address) return [noAddress(`spec.clusterIPs[${index}]`, text)]
    const why = addresses.whyNoAddress(address)
    return when(why !== undefined, () => wrong('spec.clusterIPs', listed, why ?? ''))
  })
}

const familyCauses = (spec: JsonObject, { addresses }: Past): readonly Cause[] => {
  const headless = textAt(spec, 'clusterIP') === 'None'
  const families = textsAt(spec, 'ipFamilies')
  return families.flatMap((family, index) => {
    const field = `spec.ipFamilies[${index}]`
    if (!['IPv4', 'IPv6'].includes(family)) return [unsupported(field, family, ['IPv4', 'IPv6'])]
    if (families.indexOf(family) < index) return [duplicate(field, family)]
    return when(!headless && !addresses.families.some(known => known === family), () =>
      wrong(field, family, 'not configured on this cluster'),
    )
  })
}

const policyCauses = (spec: JsonObject, { addresses }: Past): readonly Cause[] => {
  const families = textsAt(spec, 'ipFamilies')
  const policy = textAt(spec, 'ipFamilyPolicy')
  const headless = textAt(spec, 'clusterIP') === 'None'
  return [
    ...when(policy === 'SingleStack' && families.length > 1, () =>
      wrong(
        'spec.ipFamilyPolicy',
        policy,
        "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
      ),
    ),
    ...when(policy === 'RequireDualStack' && addresses.families.length < 2 && !headless, () =>
      wrong('spec.ipFamilyPolicy', policy, 'this cluster is not configured for dual-stack services'),
    ),
    ...textsAt(spec, 'clusterIPs').flatMap((text, index) => {
      const address = addressIn(text)
      const family = families[index]
      return when(address !== undefined && family !== undefined && familyOf(address) !== family, () =>
        wrong(
          `spec.clusterIPs[${index}]`,
          text,
          `expected an ${family ?? ''} value as indicated by \`ipFamilies[${index}]\``,
        ),
      )
    }),
  ]
}

/** What is wrong with the cluster IPs of a Service and their families. */
export const clusterIpRelatedCauses = (spec: JsonObject, past: Past): readonly Cause[] => {
  if (textAt(spec, 'type') === 'ExternalName') return ofExternalName(spec)
  const families = familyCauses(spec, past)
  return families.length > 0 ? families : [...clusterIpCauses(spec, past), ...policyCauses(spec, past)]
}
