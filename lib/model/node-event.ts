import type { Endpoint } from './endpoint.js'
import type { HealthCheck } from './health-check.js'
import type { Family, IpAddress } from './ip-address.js'
import type { Port } from './port.js'
import type { ServicePortId } from './service-port.js'

/**
 * Why a connection from this machine to a portal did not come to our listener. `bypassed`: it came to somebody else. `failed`:
 * it could not be tried.
 */
export type PortalTrouble = 'bypassed' | 'no route' | 'refused' | 'timeout' | 'failed'

/** What others ask about us: how we are, or what we have done. */
export type HttpPurpose = 'health' | 'metrics'

/** What we found out about the machine we run on, and what load balancers ask of it. */
export type NodeEvent =
  | {
      readonly type: 'health-check-port'
      readonly state: 'open' | 'closed'
      readonly healthCheck: HealthCheck
      /** Absent: on all addresses. */
      readonly address?: IpAddress
    }
  | {
      /** Said once for as long as the reason stays. */
      readonly type: 'health-check-failed'
      readonly healthCheck: HealthCheck
      readonly address?: IpAddress
      readonly reason: string
    }
  | {
      /** Others may ask there. */
      readonly type: 'http-port'
      readonly purpose: HttpPurpose
      readonly port: Port
      /** Absent: on all addresses. */
      readonly address?: IpAddress
    }
  | {
      /** Nobody can ask there. It is tried again; said once for as long as the reason stays. */
      readonly type: 'http-port-failed'
      readonly purpose: HttpPurpose
      readonly port: Port
      readonly address?: IpAddress
      readonly reason: string
    }
  | {
      /** Where `status`, `trace` and `explain` ask us. */
      readonly type: 'control-socket'
      readonly path: string
    }
  | {
      /** They cannot ask us there. */
      readonly type: 'control-failed'
      readonly path: string
      readonly reason: string
    }
  | {
      /** We tried a portal ourselves. */
      readonly type: 'self-test'
      readonly servicePort: ServicePortId
      readonly portal: Endpoint
      readonly outcome: 'well'
    }
  | {
      readonly type: 'self-test'
      readonly servicePort: ServicePortId
      readonly portal: Endpoint
      readonly outcome: PortalTrouble
      readonly reason: string
      readonly cure: string
    }
  | {
      /** All that the cluster wants is in force, and a portal that was tried led to us, where there was one to try. Said once. */
      readonly type: 'ready'
    }
  | {
      /** None of this machine's addresses is one that node ports are to be at. */
      readonly type: 'node-ports-nowhere'
      readonly family: Family
    }
  | {
      /** How this machine gets to a node's pods. `repaired`: somebody had taken the route away. */
      readonly type: 'node-route'
      readonly state: 'added' | 'repaired'
      /** Where the pods' addresses are from: `10.244.1.0/24`. */
      readonly range: string
      readonly node: string
      readonly via: IpAddress
    }
  | {
      /** No node has these pods any more. */
      readonly type: 'node-route'
      readonly state: 'removed'
      readonly range: string
    }
  | {
      /** Pods of a node are not reached, or not as they should be. Said once for as long as the reason stays. */
      readonly type: 'node-unrouted'
      readonly node: string
      readonly range: string
      readonly reason: string
      readonly cure: string
    }
  | {
      /** Packets that come in over these are lost where portals are redirected: they have no address of the family. */
      readonly type: 'unnumbered-interfaces'
      readonly family: Family
      /** At least one. */
      readonly names: readonly string[]
    }
