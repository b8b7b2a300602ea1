import { type JsonObject, listAt, numberAt, textAt } from '../../json.js'
import type { Cause } from '../status-error.js'
import { required, unsupported, when, wrong } from './causes.js'
import { nameCauses, nameRules } from './names.js'
import { clusterIpRelatedCauses, type Past } from './service-cluster-ip-causes.js'
import { externalCauses } from './service-external-causes.js'
import { nodePortCauses } from './service-node-port-causes.js'
import { portCauses } from './service-port-causes.js'

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
  ...oneOf(spec, 'trafficDistribution', ['PreferClose', 'PreferSameNode', 'PreferSameZone']),
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

const externalNameCauses = (spec: JsonObject): readonly Cause[] => {
  if (textAt(spec, 'type') !== 'ExternalName') return []
  const name = textAt(spec, 'externalName').replace(/\.$/, '')
  return name === ''
    ? [required('spec.externalName')]
    : nameCauses('spec.externalName', name, nameRules.subdomain)
}

/** Everything that is wrong with a Service's spec. */
export const serviceCauses = (spec: JsonObject, past: Past): readonly Cause[] => {
  const ports = listAt(spec, 'ports')
  const withoutPorts = textAt(spec, 'type') === 'ExternalName' || textAt(spec, 'clusterIP') === 'None'
  return [
    ...when(ports.length === 0 && !withoutPorts, () => required('spec.ports')),
    ...externalNameCauses(spec),
    ...portCauses(ports),
    ...choiceCauses(spec),
    ...affinityCauses(spec),
    ...clusterIpRelatedCauses(spec, past),
    ...nodePortCauses(spec, past),
    ...externalCauses(spec, past),
  ]
}
