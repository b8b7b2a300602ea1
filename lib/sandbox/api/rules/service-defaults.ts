import {
  at,
  compact,
  isJsonObject,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  textsAt,
} from '../json.js'

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
export const hasNodePorts = (spec: JsonObject): boolean => {
  const type = textAt(spec, 'type')
  return type === 'NodePort' || (type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
}

/** Whether clients from outside can reach it, so that `externalTrafficPolicy` means something. */
export const isExternal = (spec: JsonObject): boolean =>
  ['NodePort', 'LoadBalancer'].includes(textAt(spec, 'type')) || textsAt(spec, 'externalIPs').length > 0

/** Whether the load balancer has to ask each node for its health. */
export const hasHealthCheck = (spec: JsonObject): boolean =>
  textAt(spec, 'type') === 'LoadBalancer' && textAt(spec, 'externalTrafficPolicy') === 'Local'

const policyDefaults = (spec: JsonObject): JsonObject => ({
  internalTrafficPolicy:
    textAt(spec, 'type') === 'ExternalName' ? undefined : textAt(spec, 'internalTrafficPolicy') || 'Cluster',
  externalTrafficPolicy: textAt(spec, 'externalTrafficPolicy') || (isExternal(spec) ? 'Cluster' : undefined),
  allocateLoadBalancerNodePorts:
    textAt(spec, 'type') === 'LoadBalancer' ? (spec.allocateLoadBalancerNodePorts ?? true) : undefined,
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

/**
 * What an update leaves out, but the API keeps: addresses and node ports, where the type still has them.
 * And the other way round: what the old type had and the new one does not have, where nobody asked for it.
 */
export const carriedOver = (spec: JsonObject, before: JsonObject): JsonObject => {
  const type = textAt(spec, 'type') || 'ClusterIP'
  const withAddress = type !== 'ExternalName'
  const same = (field: string): boolean => JSON.stringify(spec[field]) === JSON.stringify(before[field])
  const address = textAt(spec, 'clusterIP')
  const keepsAddress = withAddress && (address === '' || address === textAt(before, 'clusterIP'))
  const stale = !withAddress && same('clusterIP')
  return compact({
    ...spec,
    ...(keepsAddress && textAt(before, 'clusterIP') !== ''
      ? {
          clusterIP: before.clusterIP,
          clusterIPs: textsAt(spec, 'clusterIPs').length > 0 ? spec.clusterIPs : before.clusterIPs,
        }
      : {}),
    ...(withAddress && !keepsAddress && same('clusterIPs') ? { clusterIPs: [address] } : {}),
    ...(stale
      ? { clusterIP: undefined, clusterIPs: undefined, ipFamilies: undefined, ipFamilyPolicy: undefined }
      : {}),
    ...(!isExternal({ ...spec, type }) && same('externalTrafficPolicy')
      ? { externalTrafficPolicy: undefined }
      : {}),
    ...(type === 'ExternalName' && same('internalTrafficPolicy') ? { internalTrafficPolicy: undefined } : {}),
    ...(type !== 'LoadBalancer' && same('allocateLoadBalancerNodePorts')
      ? { allocateLoadBalancerNodePorts: undefined }
      : {}),
    ...(!hasHealthCheck({ ...spec, type }) && same('healthCheckNodePort')
      ? { healthCheckNodePort: undefined }
      : {}),
    ports: listAt(spec, 'ports').map(port => portCarriedOver(port, { spec: { ...spec, type }, before })),
  })
}

const portCarriedOver = (
  port: unknown,
  { spec, before }: { readonly spec: JsonObject; readonly before: JsonObject },
): JsonObject => {
  const protocol = (one: unknown): string => textAt(one, 'protocol') || 'TCP'
  const old = listAt(before, 'ports').find(
    candidate =>
      protocol(candidate) === protocol(port) && numberAt(candidate, 'port') === numberAt(port, 'port'),
  )
  const nodePort = numberAt(old, 'nodePort')
  const asked = numberAt(port, 'nodePort') ?? 0
  const kept = objectAt({ port }, 'port')
  if (hasNodePorts(spec)) return asked === 0 && nodePort !== undefined ? { ...kept, nodePort } : kept
  const wasThere = listAt(before, 'ports').some(candidate => numberAt(candidate, 'nodePort') === asked)
  return asked !== 0 && wasThere ? compact({ ...kept, nodePort: undefined }) : kept
}
