import { bridgeAddresses, nodeAddresses, outsideAddresses, podNetworks, silentNetworks } from './addresses.js'
import type { FamilyNetwork } from './family-network.js'

const bridge = bridgeAddresses.IPv6
const node = nodeAddresses.IPv6
const outside = outsideAddresses.IPv6

/** The two ends of the link between bridge and pods. */
const [bridgeEnd, podsEnd] = ['fe80::1', 'fe80::2'] as const

// Nobody else can have these addresses: the kernel need not ask, a second for each, before it uses one.
const first = { 'ipv6/conf/default/accept_dad': '0' }

const everyRefusal = { 'ipv6/icmp/ratelimit': '0' }

/** As IPv4 has it, but that IPv6 answers for its own addresses only: so the pods are behind a gateway, not on the link. */
export const ipv6Network: FamilyNetwork = {
  option: '-6',
  node: {
    first,
    commands: [
      `address add ${bridge}/64 dev cni0 nodad noprefixroute`,
      `address add ${bridgeEnd}/64 dev cni0 nodad`,
      `route add ${podNetworks.IPv6} via ${podsEnd} dev cni0`,
      `address add ${node}/64 dev eth0 nodad`,
      `route add default via ${outside} dev eth0`,
    ],
    settings: { 'ipv6/conf/all/forwarding': '1', ...everyRefusal },
  },
  pods: {
    first,
    commands: [
      `address add ${podsEnd}/64 dev eth0 nodad`,
      `route add local ${podNetworks.IPv6} dev lo table local`,
      `route add ${bridge}/128 via ${bridgeEnd} dev eth0 table local`,
      `route add default via ${bridgeEnd} dev eth0`,
      `address add ${outside}/128 dev uplink nodad`,
      `rule add from ${outside} lookup 100`,
      `route add ${node}/128 dev uplink table 100`,
      `route add default via ${node} dev uplink table 100`,
      // ENETUNREACH to a client is what EHOSTUNREACH is in IPv4.
      'rule add iif uplink lookup 101',
      `route add blackhole ${silentNetworks.IPv6} table 101`,
      'route add unreachable default table 101',
    ],
    settings: {
      'ipv6/conf/all/forwarding': '1',
      ...everyRefusal,
      // A pod's address is local by its route alone; without this nobody could listen on it.
      'ipv6/ip_nonlocal_bind': '1',
    },
  },
}
