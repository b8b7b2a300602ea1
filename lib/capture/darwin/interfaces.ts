import { cidrOf } from '../../model/cidr.js'
import { type Family, familyOf, type IpAddress, ipAddress } from '../../model/ip-address.js'
import { type LocalTable, localTable } from '../../routing/local-table.js'
import type { Route } from '../../routing/route.js'

const interfaceLine = /^(\S+): flags=/
const addressLine = /^\s+inet6? (\S+)(?: .*?\bbroadcast (\S+))?/

const rowAt = (kind: 'local' | 'broadcast', address: IpAddress, device: string): Route => ({
  ...{ kind, to: cidrOf(address), table: 'local', device },
  text: `${kind} ${address} dev ${device}`,
})

/** Reads what `ifconfig` prints: the family's addresses, as Linux has them in its table `local`. */
export const interfaceTable = (printed: string, family: Family): LocalTable => {
  const routes: Route[] = []
  let device = ''
  for (const line of printed.split('\n')) {
    device = interfaceLine.exec(line)?.[1] ?? device
    const [, own, broadcast] = addressLine.exec(line) ?? []
    // A link-local one means nothing without its interface.
    if (own === undefined || own.includes('%')) continue
    routes.push(rowAt('local', ipAddress(own), device))
    if (broadcast !== undefined) routes.push(rowAt('broadcast', ipAddress(broadcast), device))
  }
  return localTable(routes.filter(({ to }) => familyOf(to.address) === family))
}
