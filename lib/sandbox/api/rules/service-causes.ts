import { familyOf } from '../../../model/ip-address.js'
import { forbiddenField, required, unsupported, when, wrong } from './causes.js'
import { type JsonObject, listAt, numberAt, textAt, textsAt } from '../../json.js'
import { addressIn, type ServiceAddresses } from './service-addresses.js'
import { hasNodePorts, isExternal } from './service-defaults.js'
import { portCauses } from './service-port-causes.js'
import type { Cause } from '../status-error.js'

const oneOf = (spec: JsonObject, field: string, allowed: readonly string[]): readonly Cause[] => {
  const value = textAt(spec, field)
  return when(value !== '' && !allowed.includes(value), () => unsupported(`spec.${field}`, value, allowed))
}

const choiceCauses = (spec: JsonObject): readonly Cause[] => [
  ...oneOf(spec, 'type', ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
  ...oneOf(spec, 'sessionAffinity', ['ClientIP', 'None']),
  ...oneOf(spec, 'internalTrafficPolicy', ['Cluster', 'Local']),
  ...oneOf(spec, 'externalTrafficPolicy', ['Cluster', 'Local']),
  ...oneOf(spec, 'ipFamilyPolicy', ['SingleStack', 'PreferDualStack', 'RequireDualStack']),
  ...when(textAt(spec, 'externalTrafficPolicy') !== '' && !isExternal(spec), () =>
    wrong(
      'spec.externalTrafficPolicy',
      textAt(spec, 'externalTrafficPolicy'),
      'may only be set for externally-accessible services',
    ),
  ),
]

const affinityCauses = (spec: JsonObject): readonly Cause[] => {
  const timeout = numberAt(spec, 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds')
  return when(timeout !== undefined && (timeout <= 0 || timeout > 86_400), () =>
    wrong(
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
      timeout,
      'must be greater than 0 and less than 86400',
    ),
  )
}

interface Before {
  readonly before: JsonObject
  readonly addresses: ServiceAddresses
}

const addressCauses = (spec: JsonObject, { before, addresses }: Before): readonly Cause[] => {
  const listed = textsAt(spec, 'clusterIPs')
  if (textAt(spec, 'type') === 'ExternalName')
    return when(listed.length > 0 || textAt(spec, 'clusterIP') !== '', () =>
      forbiddenField('spec.clusterIPs', 'may not be set for ExternalName services'),
    )
  const old = textsAt(before, 'clusterIPs')
  if (
    old[0] !== undefined &&
    old[0] !== textAt(spec, 'clusterIP') &&
    textAt(before, 'type') !== 'ExternalName'
  )
    return [wrong('spec.clusterIPs[0]', listed, 'may not change once set')]
  if (listed.length === 0) return [wrong('spec.clusterIPs', listed, 'failed to allocate IP: range is full')]
  return listed.flatMap((text, index) => {
    if (text === 'None' || old.includes(text)) return []
    const address = addressIn(text)
    if (!address)
      return [
        wrong(
          `spec.clusterIPs[${index}]`,
          text,
          'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        ),
      ]
    const why = addresses.whyNoAddress(address)
    return when(why !== undefined, () => wrong('spec.clusterIPs', listed, why ?? ''))
  })
}

const familyCauses = (spec: JsonObject, { addresses }: Before): readonly Cause[] => {
  const families = textsAt(spec, 'ipFamilies')
  const policy = textAt(spec, 'ipFamilyPolicy')
  const headless = textAt(spec, 'clusterIP') === 'None'
  return [
    ...families.flatMap((family, index) =>
      when(!headless && !addresses.families.some(known => known === family), () =>
        wrong(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'),
      ),
    ),
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

const nodePortCauses = (spec: JsonObject, { before, addresses }: Before): readonly Cause[] => {
  const old = new Set(listAt(before, 'ports').map(port => numberAt(port, 'nodePort')))
  return listAt(spec, 'ports').flatMap((port, index) => {
    const field = `spec.ports[${index}].nodePort`
    const nodePort = numberAt(port, 'nodePort') ?? 0
    if (nodePort === 0 || old.has(nodePort)) return []
    if (!hasNodePorts(spec) && textAt(spec, 'type') !== 'LoadBalancer')
      return [forbiddenField(field, `may not be used when \`type\` is '${textAt(spec, 'type')}'`)]
    const why = addresses.whyNoPort(nodePort)
    return when(why !== undefined, () => wrong(field, nodePort, why ?? ''))
  })
}

/** Everything that is wrong with a Service's spec. */
export const serviceCauses = (spec: JsonObject, past: Before): readonly Cause[] => {
  const ports = listAt(spec, 'ports')
  const withoutPorts = textAt(spec, 'type') === 'ExternalName' || textAt(spec, 'clusterIP') === 'None'
  return [
    ...when(ports.length === 0 && !withoutPorts, () => required('spec.ports')),
    ...when(textAt(spec, 'type') === 'ExternalName' && textAt(spec, 'externalName') === '', () =>
      required('spec.externalName'),
    ),
    ...portCauses(ports),
    ...choiceCauses(spec),
    ...affinityCauses(spec),
    ...addressCauses(spec, past),
    ...familyCauses(spec, past),
    ...nodePortCauses(spec, past),
  ]
}
