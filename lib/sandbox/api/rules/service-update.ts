import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type JsonObject, listAt, numberAt, textAt, textsAt, without } from '../../json.js'
import { hasHealthCheck, isExternal, usesNodePorts } from './service-defaults.js'

interface Bound {
  readonly fields: readonly string[]
  readonly belong: (spec: JsonObject) => boolean
}

/** Fields that only some Services have. */
const bound: readonly Bound[] = [
  {
    fields: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'],
    belong: spec => textAt(spec, 'type') !== 'ExternalName',
  },
  { fields: ['externalTrafficPolicy'], belong: isExternal },
  { fields: ['healthCheckNodePort'], belong: hasHealthCheck },
  {
    fields: ['allocateLoadBalancerNodePorts', 'loadBalancerClass'],
    belong: spec => textAt(spec, 'type') === 'LoadBalancer',
  },
]

interface Past {
  /** The spec that is replaced. */
  readonly before: JsonObject
  readonly spec: JsonObject
}

const same = ({ spec, before }: Past, field: string): boolean => isDeepStrictEqual(spec[field], before[field])

/** Without what the old type had and the new one has not, unless the update itself asks for it. */
const withoutStale = (past: Past): JsonObject => {
  const stale = bound.flatMap(({ fields, belong }) => (belong(past.spec) ? [] : fields))
  return without(past.spec, ...stale.filter(field => same(past, field)))
}

const withAddresses = ({ spec, before }: Past): JsonObject => {
  const [asked, old] = [textAt(spec, 'clusterIP'), textAt(before, 'clusterIP')]
  if (textAt(spec, 'type') === 'ExternalName' || old === '') return spec
  if (asked !== '' && asked !== old)
    return same({ spec, before }, 'clusterIPs') ? { ...spec, clusterIPs: [asked] } : spec
  const listed = textsAt(spec, 'clusterIPs').length > 0 ? spec.clusterIPs : before.clusterIPs
  return { ...spec, clusterIP: old, clusterIPs: listed }
}

/** A Service that goes back to one family gives up its second address. */
const withFamilies = (past: Past): JsonObject => {
  const { spec } = past
  const goesBack = textAt(spec, 'ipFamilyPolicy') === 'SingleStack' && !same(past, 'ipFamilyPolicy')
  if (!goesBack || !same(past, 'ipFamilies') || !same(past, 'clusterIPs')) return spec
  return {
    ...spec,
    ipFamilies: textsAt(spec, 'ipFamilies').slice(0, 1),
    clusterIPs: textsAt(spec, 'clusterIPs').slice(0, 1),
  }
}

const nodePortOf = (port: unknown): number => numberAt(port, 'nodePort') ?? 0

/** A port's node port stays for as long as its name does, whatever else of it changes. */
const withNodePort = (port: unknown, { spec, before }: Past): JsonObject => {
  const kept = isJsonObject(port) ? port : {}
  const ports = listAt(before, 'ports')
  if (!usesNodePorts(spec))
    return ports.some(old => nodePortOf(old) === nodePortOf(port)) ? without(kept, 'nodePort') : kept
  if (nodePortOf(port) !== 0) return kept
  const old = nodePortOf(ports.find(one => textAt(one, 'name') === textAt(port, 'name')))
  const taken = listAt(spec, 'ports').some(other => nodePortOf(other) === old)
  return old === 0 || taken ? without(kept, 'nodePort') : { ...kept, nodePort: old }
}

const withHealthCheck = ({ spec, before }: Past): JsonObject =>
  hasHealthCheck(spec) && hasHealthCheck(before) && (numberAt(spec, 'healthCheckNodePort') ?? 0) === 0
    ? { ...spec, healthCheckNodePort: before.healthCheckNodePort }
    : spec

/**
 * The spec of an update with what it leaves out and the API keeps (addresses, node ports), and without what the
 * Service had before and, by its type, has no more.
 */
export const carriedOver = (asked: JsonObject, before: JsonObject): JsonObject => {
  const typed = { ...asked, type: textAt(asked, 'type') || 'ClusterIP' }
  const ports = listAt(asked, 'ports').map(port => withNodePort(port, { spec: typed, before }))
  const spec = withAddresses({ spec: withoutStale({ spec: typed, before }), before })
  const whole = withFamilies({ spec, before })
  return { ...withHealthCheck({ spec: whole, before }), ports }
}
