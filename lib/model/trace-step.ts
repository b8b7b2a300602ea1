import type { Endpoint } from './endpoint.js'
import type { IpAddress } from './ip-address.js'
import type { Port } from './port.js'
import type { ServicePortId } from './service-port.js'

/** What is of interest only to those who follow single connections. `connection` numbers them, as events do. */
export type TraceStep =
  | {
      readonly type: 'accepted'
      readonly connection: number
      readonly servicePort: ServicePortId
      readonly client: IpAddress
      readonly clientPort: Port
    }
  | {
      readonly type: 'chosen'
      readonly connection: number
      readonly servicePort: ServicePortId
      readonly endpoint: Endpoint
      readonly attempt: number
      readonly by: 'affinity' | 'turn'
    }

/** Takes note of steps while somebody follows them. Else none is made: asking costs nothing. */
export interface Tracing {
  readonly isOn: boolean
  note(step: TraceStep): void
}
