import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { familyOf, type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import { outsideAddresses } from '../../lib/sandbox/network/addresses.js'
import { askFrom } from '../../lib/sandbox/pods/ask.js'
import type { PodHost } from '../../lib/sandbox/pods/pod-host.js'
import { Client } from './client.js'

/** Whose address depends on the family that it is asked to speak. */
type Addresses = Readonly<Record<'IPv4' | 'IPv6', IpAddress>>

const unspecified: Addresses = { IPv4: ipAddress('0.0.0.0'), IPv6: ipAddress('::') }

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

const connectHere = async ({ address, port }: Endpoint, done?: AbortSignal): Promise<Socket> => {
  const socket = connect({ host: address, port, allowHalfOpen: true })
  done?.addEventListener('abort', () => socket.destroy(), { once: true })
  await once(socket, 'connect', done && { signal: done })
  return socket
}

export const clientsOf = (pods: PodHost): Clients => {
  const from = (addresses: Addresses): Client =>
    new Client({
      connect: to => pods.connect(addresses[familyOf(to.address)], to),
      ask: question => pods.ask(addresses[familyOf(question.to.address)], question),
    })
  return {
    node: new Client({
      connect: connectHere,
      ask: question => askFrom(unspecified[familyOf(question.to.address)], question),
    }),
    pod: (number = 0) => from(podOf(0, number)),
    podElsewhere: (number = 0) => from(podOf(1, number)),
    outside: from(outsideAddresses),
    at: address => from({ IPv4: address, IPv6: address }),
  }
}
