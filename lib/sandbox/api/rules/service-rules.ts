import { objectAt } from '../../json.js'
import type { Rules } from './rules.js'
import type { ServiceAddresses } from './service-addresses.js'
import { allocated } from './service-allocation.js'
import { serviceCauses } from './service-causes.js'
import { serviceSpecDefaults } from './service-defaults.js'
import { carriedOver } from './service-update.js'

/** What the API fills in for Services, and what it refuses. */
export const serviceRules = (addresses: ServiceAddresses): Rules => ({
  defaulted: (object, current) => {
    const asked = objectAt(object, 'spec')
    const kept = current ? carriedOver(asked, objectAt(current, 'spec')) : asked
    return {
      ...object,
      spec: allocated(serviceSpecDefaults(kept), addresses),
      status: { loadBalancer: {}, ...objectAt(object, 'status') },
    }
  },
  causes: (object, current) =>
    serviceCauses(objectAt(object, 'spec'), { before: objectAt(current, 'spec'), addresses }),
})
