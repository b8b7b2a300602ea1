import { bridgeAddress, nodeAddress, outsideAddress, podNetworks, silentNetworks } from './addresses.js'
import type { FamilyNetwork } from './family-network.js'

// The kernel would tell a client only once a second.
const everyRefusal = { 'ipv4/icmp_ratelimit': '0' }

export const ipv4Network: FamilyNetwork = {
  option: '-4',
  node: {
    first: {},
    commands: [
      `address add ${bridgeAddress}/16 dev cni0`,
      `address add ${nodeAddress}/16 dev eth0`,
      // Without a route to a cluster IP, connect() fails before the kernel looks at nat.
      `route add default via ${outsideAddress}`,
    ],
    settings: { 'ipv4/ip_forward': '1', ...everyRefusal },
  },
  pods: {
    first: {},
    commands: [
      // Every address of a pod to come is local: nothing to do when it starts, and a pod that is gone refuses.
      `route add local ${podNetworks.IPv4} dev lo table local`,
      `route add ${bridgeAddress}/32 dev eth0 table local`,
      `route add default via ${bridgeAddress} dev eth0`,
      // Apart from the pods' routes, or pods would go to the node through its uplink: where clients outside send all
      // they have, external IPs included, …
      `address add ${outsideAddress}/32 dev uplink`,
      `rule add from ${outsideAddress} lookup 100`,
      `route add ${nodeAddress}/32 dev uplink table 100`,
      `route add default via ${nodeAddress} dev uplink table 100`,
      // … and where the router sends what the node sends it. A cluster IP that nobody captured ends here, and its
      // client hears so at once: EHOSTUNREACH.
      'rule add iif uplink lookup 101',
      `route add blackhole ${silentNetworks.IPv4} table 101`,
      'route add unreachable default table 101',
    ],
    settings: {
      'ipv4/conf/uplink/forwarding': '1',
      ...everyRefusal,
    },
  },
}
