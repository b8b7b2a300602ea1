import { type Family, type IpAddress, ipAddress } from '../../model/ip-address.js'

type PerFamily<Value> = Readonly<Record<Family, Value>>

/** Where pods live; each Node has a part of it, as its podCIDR. */
export const podNetworks: PerFamily<string> = { IPv4: '10.244.0.0/16', IPv6: 'fd00:10:244::/48' }

/** Where cluster IPs come from. */
export const serviceNetworks: PerFamily<string> = { IPv4: '10.96.0.0/16', IPv6: 'fd00:10:96::/112' }

/** The node's end of the bridge to its pods. */
export const bridgeAddresses: PerFamily<IpAddress> = {
  IPv4: ipAddress('10.244.0.1'),
  IPv6: ipAddress('fd00:10:244::1'),
}

export const bridgeAddress = bridgeAddresses.IPv4

/** The node's InternalIPs. */
export const nodeAddresses: PerFamily<IpAddress> = {
  IPv4: ipAddress('172.18.0.2'),
  IPv6: ipAddress('fd00:172:18::2'),
}

export const nodeAddress = nodeAddresses.IPv4

/** The router beside the node, and where clients from outside the cluster come from. */
export const outsideAddresses: PerFamily<IpAddress> = {
  IPv4: ipAddress('172.18.0.1'),
  IPv6: ipAddress('fd00:172:18::1'),
}

export const outsideAddress = outsideAddresses.IPv4

/** Nobody is there, and nobody says so: a SYN is swallowed. Of RFC 5737 and RFC 3849, for documentation. */
export const silentNetworks: PerFamily<string> = { IPv4: '192.0.2.0/24', IPv6: '2001:db8::/32' }

export const silentNetwork = silentNetworks.IPv4
