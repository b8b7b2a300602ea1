import { cidrOf } from '../../model/cidr.js'
import { type Family, familyOf, ipAddress } from '../../model/ip-address.js'
import { type LocalTable, localTable } from '../../routing/local-table.js'
import type { Route } from '../../routing/route.js'

const interfaceLine = /^(\S+): flags=/
const addressLine = /^\s+inet6? (\S+)(?: .*?\bbroadcast (\S+))?/

/** Reads what `ifconfig` prints: the family's addresses, as Linux has them in its table `local`. */
export const interfaceTable = (printed: string, family: Family): LocalTable => {
  const routes: Route[] = []
  let device = ''
  for (const line of printed.split('\n')) {
    device = interfaceLine.exec(line)?.[1] ?? device
    const [text, own, broadcast] = addressLine.exec(line) ?? []
    // A link-local one means nothing without its interface.
    if (text === undefined || own === undefined || own.includes('%')) continue
    const here = { table: 'local', device, text: text.trim() }
    routes.push({ ...here, kind: 'local', to: cidrOf(ipAddress(own)) })
    if (broadcast !== undefined) routes.push({ ...here, kind: 'broadcast', to: cidrOf(ipAddress(broadcast)) })
  }
  return localTable(routes.filter(({ to }) => familyOf(to.address) === family))
}
