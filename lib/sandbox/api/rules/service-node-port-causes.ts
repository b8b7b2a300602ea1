import { type JsonObject, listAt, numberAt, textAt } from '../../json.js'
import type { Cause } from '../status-error.js'
import { duplicate, forbiddenField, when, wrong } from './causes.js'
import type { Past } from './service-cluster-ip-causes.js'
import { hasHealthCheck, usesNodePorts } from './service-defaults.js'

const healthCheckCauses = (spec: JsonObject, { before, addresses }: Past): readonly Cause[] => {
  const field = 'spec.healthCheckNodePort'
  const port = numberAt(spec, 'healthCheckNodePort') ?? 0
  if (!hasHealthCheck(spec))
    return when(port !== 0, () =>
      wrong(
        field,
        port,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    )
  const old = hasHealthCheck(before) ? (numberAt(before, 'healthCheckNodePort') ?? 0) : 0
  if (old !== 0) return when(old !== port, () => forbiddenField(field, 'field is immutable'))
  const why = addresses.whyNoPort(port)
  return when(why !== undefined, () => wrong(field, port, why ?? ''))
}

const portCauses = (spec: JsonObject, { before, addresses }: Past): readonly Cause[] => {
  const old = new Set(listAt(before, 'ports').map(port => numberAt(port, 'nodePort')))
  const ports = listAt(spec, 'ports')
  const keys = ports.map(port => `${textAt(port, 'protocol')}/${numberAt(port, 'nodePort') ?? 0}`)
  return ports.flatMap((port, index) => {
    const field = `spec.ports[${index}].nodePort`
    const nodePort = numberAt(port, 'nodePort') ?? 0
    if (nodePort === 0) return []
    if (!usesNodePorts(spec))
      return [forbiddenField(field, `may not be used when \`type\` is '${textAt(spec, 'type')}'`)]
    if (keys.indexOf(keys[index] ?? '') < index) return [duplicate(field, nodePort)]
    if (old.has(nodePort)) return []
    const why = addresses.whyNoPort(nodePort)
    return when(why !== undefined, () => wrong(field, nodePort, why ?? ''))
  })
}

/** What is wrong with the node ports of a Service, that of its health check included. */
export const nodePortCauses = (spec: JsonObject, past: Past): readonly Cause[] => [
  ...portCauses(spec, past),
  ...healthCheckCauses(spec, past),
]
