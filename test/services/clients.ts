import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connectFromNode } from '../../examples/demo/request.js'
import { familyOf, type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import { outsideAddresses } from '../../lib/sandbox/network/addresses.js'
import type { PodHost } from '../../lib/sandbox/pods/pod-host.js'
import { Client } from './client.js'

/** Whose address depends on the family that it is asked to speak. */
type Addresses = Readonly<Record<'IPv4' | 'IPv6', IpAddress>>

/** Pods that nobody runs: their addresses are enough to be a client. Their number is one that no real pod gets. */
const podOf = (node: number, pod: number): Addresses => ({
  IPv4: ipAddress(`10.244.${node}.${200 + pod}`),
  IPv6: ipAddress(`fd00:10:244:${node}::${(200 + pod).toString(16)}`),
})

/** Clients of all kinds, by where they are. */
export interface Clients {
  /** On the node itself. */
  readonly node: Client
  /** In a pod of this Node. `number`, 0 to 54, tells several from each other. */
  readonly pod: (number?: number) => Client
  /** In a pod of another Node. */
  readonly podElsewhere: (number?: number) => Client
  /** Outside of the cluster, beside the node. */
  readonly outside: Client
  /** At an address of the pods' network: that of a real pod, so that it can meet itself. */
  readonly at: (address: IpAddress) => Client
}

export const clientsOf = (pods: PodHost): Clients => {
  const from = (addresses: Addresses): Client =>
    new Client({
      connect: to => pods.connect(addresses[familyOf(to.address)], to),
      bind: to => pods.bind(addresses[familyOf(to.address)]),
    })
  return {
    node: new Client({
      connect: connectFromNode,
      bind: async ({ address }) => {
        const socket = createSocket(familyOf(address) === 'IPv4' ? 'udp4' : 'udp6')
        socket.bind(0)
        await once(socket, 'listening')
        return socket
      },
    }),
    pod: (number = 0) => from(podOf(0, number)),
    podElsewhere: (number = 0) => from(podOf(1, number)),
    outside: from(outsideAddresses),
    at: address => from({ IPv4: address, IPv6: address }),
  }
}
