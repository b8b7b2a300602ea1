import type { Picker } from '../balancer/picker.js'
import type { Family, IpAddress } from '../model/ip-address.js'
import type { Port } from '../model/port.js'
import type { Protocol, ServicePortId } from '../model/service-port.js'

/** A listener to open, and who serves its clients. */
export interface Opening {
  readonly servicePort: ServicePortId
  readonly protocol: Protocol
  readonly family: Family
  readonly port: Port
  /** One of this machine's, or all of the family's (`0.0.0.0`, `::`). Absent: wherever captured packets come to. */
  readonly address?: IpAddress
  readonly picker: Picker
}
