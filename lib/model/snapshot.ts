import type { HealthCheck } from './health-check.js'
import type { IpAddress } from './ip-address.js'
import type { OwnPods } from './own-pods.js'
import type { ServicePort } from './service-port.js'

/** All service ports and their endpoints at one moment. */
export interface Snapshot {
  /** No two share an id, and no portal is there twice for the same clients and protocol. */
  readonly servicePorts: readonly ServicePort[]
  readonly healthChecks: readonly HealthCheck[]
  readonly ownPods: OwnPods
  /** This node's addresses as the cluster knows them, first the primary one of each family; none where it is no Node. */
  readonly nodeAddresses: readonly IpAddress[]
  /** Whether the node is to get clients: it is not being deleted, nor about to be. */
  readonly nodeEligible: boolean
}

/** A cluster without Services. */
export const emptySnapshot: Snapshot = {
  servicePorts: [],
  healthChecks: [],
  ownPods: { kind: 'unknown' },
  nodeAddresses: [],
  nodeEligible: true,
}
