import { ipAddress } from '../../model/ip-address.js'

/** Where pods live; a node has one /24 of it, as its podCIDR. */
export const podNetwork = '10.244.0.0/16'

/** The part of it that is the sandbox node's own. */
export const nodePodCidr = '10.244.0.0/24'

/** The node's end of the bridge to its pods. */
export const bridgeAddress = ipAddress('10.244.0.1')

/** The node's InternalIP. */
export const nodeAddress = ipAddress('172.18.0.2')

/** The router beside the node, and where clients from outside the cluster come from. */
export const outsideAddress = ipAddress('172.18.0.1')

/** Nobody is there, and nobody says so: a SYN is swallowed. Of RFC 5737, for documentation. */
export const silentNetwork = '192.0.2.0/24'
