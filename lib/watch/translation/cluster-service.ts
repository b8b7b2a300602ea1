import type { ClusterService } from '../../model/cluster-service.js'
import type { ServedService } from './served-service.js'
import type { Service } from './service.js'

/** The Service for those who ask, and what became of it. */
export const clusterService = (
  { namespace, name, type, labels, what, skips }: Service,
  served: ServedService | undefined,
): ClusterService => ({
  ...{ namespace, name, type, labels },
  servicePorts: new Map(
    served?.servicePorts.map(({ id }, index) => [id, served.known[index] ?? 0] as const) ?? [],
  ),
  reasons: (served?.skips ?? skips).map(({ object, reason }) =>
    object === what ? reason : `${object}: ${reason}`,
  ),
})
