import type { Host } from '../../host/host.js'
import type { Family } from '../../model/ip-address.js'

/** The families that the kernel has in this network namespace; IPv4 is the default one. */
export const familiesHere = async (host: Host): Promise<readonly Family[]> => {
  const disabled = await host.readFile('/proc/sys/net/ipv6/conf/all/disable_ipv6')
  return disabled?.trim() === '0' ? ['IPv4', 'IPv6'] : ['IPv4']
}
