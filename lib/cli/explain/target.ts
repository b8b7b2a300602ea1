import { ipAddress, type IpAddress } from '../../model/ip-address.js'
import { port, type Port } from '../../model/port.js'

/** What is to be explained: a place where clients come to, or a Service. */
export type Target =
  | {
      readonly kind: 'place'
      readonly address: IpAddress
      readonly port: Port
      readonly protocol: 'TCP' | 'UDP'
    }
  /** `port` is a number or a name; absent: its first one. */
  | { readonly kind: 'service'; readonly name: string; readonly port?: string }

const service = /^(?:svc|service|services)\/([^/:]+)(?::([^/:]+))?$/
const place = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)(?:\/(tcp|udp))?$/i

/** Reads `10.96.0.10:80`, `10.96.0.10:53/udp`, `[fd00::1]:80`, `svc/web`, `svc/web:http`. Throws RangeError on anything else. */
export const target = (text: string): Target => {
  const [, name, portOfService] = service.exec(text) ?? []
  if (name !== undefined)
    return { kind: 'service', name, ...(portOfService !== undefined && { port: portOfService }) }
  const [, bracketed, plain = bracketed, number, protocol = 'tcp'] = place.exec(text) ?? []
  if (plain === undefined)
    throw new RangeError(
      `it is ADDRESS:PORT[/udp], [ADDRESS]:PORT or svc/NAME[:PORT], not ${JSON.stringify(text)}`,
    )
  return {
    kind: 'place',
    address: ipAddress(plain),
    port: port(Number(number)),
    protocol: protocol.toLowerCase() === 'udp' ? 'UDP' : 'TCP',
  }
}
