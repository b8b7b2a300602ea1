import type { ApiObject } from '../../api-object.js'
import type { Resource } from '../../objects.js'
import { namespaceRules } from './namespace-rules.js'
import { endpointSliceRules, endpointsRules } from './endpoint-rules.js'
import { apiVersionOf, type Kind } from '../kinds.js'
import { metadataCauses } from './names.js'
import { podRules } from './pod-rules.js'
import type { Rules } from './rules.js'
import type { ServiceAddresses } from './service-addresses.js'
import { serviceRules } from './service-rules.js'
import { invalid } from '../status-error.js'
import { workloadRules } from './workload-rules.js'

/** Fills an object in, or throws 422 `Invalid` with everything that is wrong with it. */
export type Admission = (kind: Kind, object: ApiObject, current: ApiObject | undefined) => ApiObject

export const admission = (addresses: ServiceAddresses): Admission => {
  const rules: Partial<Record<Resource, Rules>> = {
    namespaces: namespaceRules,
    services: serviceRules(addresses),
    endpoints: endpointsRules,
    endpointslices: endpointSliceRules,
    pods: podRules,
    deployments: workloadRules,
    replicasets: workloadRules,
  }
  return (kind, object, current) => {
    const own = rules[kind.resource]
    const typed: ApiObject = { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind }
    const filled = own?.defaulted(typed, current) ?? typed
    const causes = [...metadataCauses(kind, filled), ...(own?.causes(filled, current) ?? [])]
    if (causes.length > 0) throw invalid(kind, filled.metadata.name, causes)
    return filled
  }
}
