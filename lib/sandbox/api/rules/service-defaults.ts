import { at, compact, isJsonObject, type JsonObject, listAt, numberAt, textAt, textsAt } from '../../json.js'

export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'

/** A port of a Service with what the API fills in. Its node port stays as it was asked for. */
const portDefaults = (port: unknown): JsonObject => {
  const target = isJsonObject(port) ? port.targetPort : undefined
  const absent = target === undefined || target === null || target === 0 || target === ''
  return compact({
    ...(isJsonObject(port) ? port : {}),
    protocol: textAt(port, 'protocol') || 'TCP',
    targetPort: absent ? numberAt(port, 'port') : target,
    nodePort: numberAt(port, 'nodePort') === 0 ? undefined : at(port, 'nodePort'),
  })
}

const affinityDefaults = (spec: JsonObject): JsonObject => {
  const sessionAffinity = textAt(spec, 'sessionAffinity') || 'None'
  if (sessionAffinity !== 'ClientIP') return { sessionAffinity, sessionAffinityConfig: undefined }
  const timeoutSeconds = numberAt(spec, 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds') ?? 10_800
  return { sessionAffinity, sessionAffinityConfig: { clientIP: { timeoutSeconds } } }
}

/** Whether node ports belong to the type. */
export const usesNodePorts = (spec: JsonObject): boolean =>
  ['NodePort', 'LoadBalancer'].includes(textAt(spec, 'type'))

/** Whether every port gets a node port, asked for or not. */
export const needsNodePorts = (spec: JsonObject): boolean =>
  usesNodePorts(spec) && spec.allocateLoadBalancerNodePorts !== false

/** Whether clients from outside can reach it, so that `externalTrafficPolicy` means something. */
export const isExternal = (spec: JsonObject): boolean =>
  usesNodePorts(spec) || textsAt(spec, 'externalIPs').length > 0

/** Whether the load balancer has to ask each node for its health. */
export const hasHealthCheck = (spec: JsonObject): boolean =>
  textAt(spec, 'type') === 'LoadBalancer' && textAt(spec, 'externalTrafficPolicy') === 'Local'

const policyDefaults = (spec: JsonObject): JsonObject => ({
  internalTrafficPolicy:
    textAt(spec, 'type') === 'ExternalName' ? undefined : textAt(spec, 'internalTrafficPolicy') || 'Cluster',
  externalTrafficPolicy: textAt(spec, 'externalTrafficPolicy') || (isExternal(spec) ? 'Cluster' : undefined),
  allocateLoadBalancerNodePorts:
    at(spec, 'allocateLoadBalancerNodePorts') ?? (textAt(spec, 'type') === 'LoadBalancer' ? true : undefined),
})

/** A Service's spec with what the API fills in, addresses and node ports apart. */
export const serviceSpecDefaults = (spec: JsonObject): JsonObject => {
  const typed = { ...spec, type: textAt(spec, 'type') || 'ClusterIP' }
  const ports = listAt(spec, 'ports')
  return compact({
    ...typed,
    ...affinityDefaults(spec),
    ...policyDefaults(typed),
    ports: ports.length > 0 ? ports.map(portDefaults) : undefined,
  })
}
