import { isDnsLabel } from '../model/dns-label.js'
import { familyOf, type IpAddress } from '../model/ip-address.js'
import { serviceNames } from '../model/service-name.js'
import type { ServicePort } from '../model/service-port.js'

/**
 * The lines of a hosts file that give the Services their names, one for each cluster IP, sorted by namespace and name, IPv4
 * first. Where a namespace or a Service has no name that DNS could have, it is left out.
 */
export const hostsLines = (
  servicePorts: readonly Pick<ServicePort, 'name' | 'portals'>[],
  domain: string,
): readonly string[] => {
  const named = new Map<IpAddress, Pick<ServicePort, 'name'>>()
  for (const { name, portals } of servicePorts)
    if (isDnsLabel(name.namespace) && isDnsLabel(name.service))
      for (const portal of portals) if (portal.kind === 'cluster-ip') named.set(portal.address, { name })
  const sorted = Array.from(named, ([address, { name }]) => ({
    line: `${address}  ${serviceNames(name, domain).join(' ')}`,
    key: [name.namespace, name.service, familyOf(address), address].join(' '),
  })).sort((one, other) => (one.key < other.key ? -1 : 1))
  return sorted.map(({ line }) => line)
}
