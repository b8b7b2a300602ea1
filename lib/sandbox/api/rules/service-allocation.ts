import { type Family, familyOf } from '../../../model/ip-address.js'
import {
  compact,
  isJsonObject,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  textsAt,
} from '../../json.js'
import { addressIn } from './address-causes.js'
import type { ServiceAddresses } from './service-addresses.js'
import { hasHealthCheck, needsNodePorts } from './service-defaults.js'

/** The families that a spec names, by itself or by its addresses. */
const namedFamilies = (spec: JsonObject): readonly Family[] => {
  const named = textsAt(spec, 'ipFamilies').filter(text => text === 'IPv4' || text === 'IPv6')
  if (named.length > 0) return named
  const ofAddresses = textsAt(spec, 'clusterIPs').flatMap(text => {
    const address = addressIn(text)
    return address ? [familyOf(address)] : []
  })
  return [...new Set(ofAddresses)]
}

/** Families that there are not: nothing can be given out for them. */
const namesNonsense = (spec: JsonObject): boolean =>
  textsAt(spec, 'ipFamilies').some(text => text !== 'IPv4' && text !== 'IPv6')

/** Nobody knows which addresses those who write its endpoints will use. */
const takesAnyFamily = (spec: JsonObject): boolean =>
  textAt(spec, 'clusterIP') === 'None' &&
  textAt(spec, 'ipFamilyPolicy') === '' &&
  Object.keys(objectAt(spec, 'selector')).length === 0

const wantedFamilies = (spec: JsonObject, { families }: ServiceAddresses): readonly Family[] => {
  const named = namedFamilies(spec)
  const [first = families[0]] = named
  if (named.length > 1 || first === undefined) return named
  if (named.length === 0 && takesAnyFamily(spec))
    return first === 'IPv4' ? ['IPv4', 'IPv6'] : ['IPv6', 'IPv4']
  const dual = ['PreferDualStack', 'RequireDualStack'].includes(textAt(spec, 'ipFamilyPolicy'))
  return [first, ...families.filter(family => dual && family !== first)]
}

const policyFor = (spec: JsonObject, families: readonly Family[]): string => {
  const asked = textAt(spec, 'ipFamilyPolicy')
  if (asked !== '') return asked
  return families.length > 1 && textsAt(spec, 'ipFamilies').length < 2 ? 'RequireDualStack' : 'SingleStack'
}

const withAddresses = (spec: JsonObject, addresses: ServiceAddresses): JsonObject => {
  if (textAt(spec, 'type') === 'ExternalName' || namesNonsense(spec)) return spec
  const first = textAt(spec, 'clusterIP')
  const listed = textsAt(spec, 'clusterIPs')
  const asked = listed.length > 0 ? listed : first === '' ? [] : [first]
  const ipFamilies = wantedFamilies({ ...spec, clusterIPs: asked, clusterIP: first }, addresses)
  const ipFamilyPolicy = policyFor(spec, ipFamilies)
  const clusterIPs =
    asked[0] === 'None'
      ? asked
      : [...asked, ...ipFamilies.slice(asked.length).flatMap(family => addresses.freeAddress(family) ?? [])]
  return { ...spec, ipFamilies, ipFamilyPolicy, clusterIPs, clusterIP: first === '' ? clusterIPs[0] : first }
}

const withNodePorts = (spec: JsonObject, addresses: ServiceAddresses): JsonObject => {
  const ports = listAt(spec, 'ports')
  if (!needsNodePorts(spec)) return spec
  const taken = new Set(ports.flatMap(port => numberAt(port, 'nodePort') ?? []))
  // TCP and UDP on one port get one node port.
  const given = new Map<number | undefined, number | undefined>()
  return {
    ...spec,
    ports: ports.map(port => {
      const asked = numberAt(port, 'nodePort') ?? 0
      const number = numberAt(port, 'port')
      const nodePort = asked !== 0 ? asked : (given.get(number) ?? addresses.freePort(taken))
      if (nodePort !== undefined) taken.add(nodePort)
      given.set(number, nodePort)
      return compact({ ...(isJsonObject(port) ? port : {}), nodePort })
    }),
  }
}

const withHealthCheck = (spec: JsonObject, addresses: ServiceAddresses): JsonObject => {
  if (!hasHealthCheck(spec) || (numberAt(spec, 'healthCheckNodePort') ?? 0) !== 0) return spec
  const taken = new Set(listAt(spec, 'ports').flatMap(port => numberAt(port, 'nodePort') ?? []))
  return compact({ ...spec, healthCheckNodePort: addresses.freePort(taken) })
}

/** A Service's spec with the cluster IPs and node ports that nobody asked for by number. */
export const allocated = (spec: JsonObject, addresses: ServiceAddresses): JsonObject =>
  withHealthCheck(withNodePorts(withAddresses(spec, addresses), addresses), addresses)
