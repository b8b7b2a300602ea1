import type { ApiObject } from '../../api-object.js'
import { compact, isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../../json.js'
import type { Rules } from './rules.js'
import type { ServiceAddresses } from './service-addresses.js'
import { allocated } from './service-allocation.js'
import { serviceCauses } from './service-causes.js'
import { serviceSpecDefaults } from './service-defaults.js'
import { statusCauses } from './service-status-causes.js'
import { carriedOver } from './service-update.js'

const isBalanced = (service: unknown): boolean => textAt(service, 'spec', 'type') === 'LoadBalancer'

const withMode = (ingress: unknown): unknown =>
  isJsonObject(ingress) && textAt(ingress, 'ip') !== '' ? { ipMode: 'VIP', ...compact(ingress) } : ingress

/** What was said of a load balancer goes with it. */
const statusOf = (object: ApiObject, current: ApiObject | undefined): JsonObject => {
  const status = { loadBalancer: {}, ...objectAt(object, 'status') }
  if (isBalanced(current) && !isBalanced(object)) return { ...status, loadBalancer: {} }
  const ingress = listAt(status, 'loadBalancer', 'ingress')
  return isBalanced(object) && ingress.length > 0
    ? { ...status, loadBalancer: { ...status.loadBalancer, ingress: ingress.map(withMode) } }
    : status
}

/** What the API fills in for Services, and what it refuses. */
export const serviceRules = (addresses: ServiceAddresses): Rules => ({
  defaulted: (object, current) => {
    const asked = objectAt(object, 'spec')
    const kept = current ? carriedOver(asked, objectAt(current, 'spec')) : asked
    return {
      ...object,
      spec: allocated(serviceSpecDefaults(kept), addresses),
      status: statusOf(object, current),
    }
  },
  causes: (object, current) => [
    ...serviceCauses(objectAt(object, 'spec'), { before: objectAt(current, 'spec'), addresses }),
    ...statusCauses(object),
  ],
})
