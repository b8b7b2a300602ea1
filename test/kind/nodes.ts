import type { Family } from '../../lib/model/ip-address.js'
import { type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import type { ApiObject } from '../../lib/sandbox/api-object.js'
import { listAt, objectAt, textAt, textsAt } from '../../lib/sandbox/json.js'
import { nodeObject } from '../../lib/sandbox/node-object.js'
import type { ServedPod } from '../../lib/sandbox/pods/messages.js'
import type { ServedPort } from '../../lib/sandbox/pods/pod-port.js'
import { type PodHost, startPodHost } from '../../lib/sandbox/pods/pod-host.js'
import { makeBridge, type NodePlace, plugIn } from './network.js'

/** As `kind create cluster` names them for a configuration with two workers. */
const names = ['kind-control-plane', 'kind-worker', 'kind-worker2']

/** A Node object, with the IPv6 address that it gets of Docker. */
const withDockerAddress = (node: ApiObject, number: number): ApiObject => ({
  ...node,
  status: {
    ...objectAt(node, 'status'),
    addresses: listAt(node, 'status', 'addresses').map(entry =>
      textAt(entry, 'address').includes(':')
        ? { type: 'InternalIP', address: `fc00:f853:ccd:e793::${2 + number}` }
        : entry,
    ),
  },
})

export const nodeObjects = (families: readonly Family[], now: string): readonly ApiObject[] =>
  names.map((name, number) => withDockerAddress(nodeObject({ name, number, families, now }), number))

const placeOf = (node: ApiObject, pid: number): NodePlace => ({
  ...{ name: node.metadata.name, pid, podCidrs: textsAt(node, 'spec', 'podCIDRs') },
  addresses: listAt(node, 'status', 'addresses')
    .filter(entry => textAt(entry, 'type') === 'InternalIP')
    .map(entry => ipAddress(textAt(entry, 'address'))),
})

/** Nodes that are up, each with the pods of its own range. */
export interface Nodes {
  /** The one that a pod with this address runs on. */
  hostOf(address: IpAddress): PodHost
  serve(pod: ServedPod): Promise<void>
  stop(uid: string): Promise<void>
  close(): Promise<void>
}

/** Of 10.244.N.0/24 and fd00:10:244:N::/64; the first node's IPv6 range has no number. */
const numberOf = (address: IpAddress): number => {
  const [, number = '0'] = /^(?:10\.244\.(\d+)\.|fd00:10:244:(\d+):)/.exec(address)?.filter(Boolean) ?? []
  return Number(number)
}

/** How pods are served that are not like all the others; undefined: like those. */
export type Serve = (pod: ServedPod, host: PodHost) => Promise<ServedPort> | undefined

/** Starts a network namespace for each Node, behind the bridge that Docker would make. */
export const startNodes = async (nodes: readonly ApiObject[], serveOther: Serve): Promise<Nodes> => {
  const hosts = await Promise.all(nodes.map(() => startPodHost()))
  const running = new Map<string, ServedPort>()
  const hostOf = (address: IpAddress): PodHost => {
    const host = hosts[numberOf(address)]
    if (!host) throw new RangeError(`${address} is no address of a pod here`)
    return host
  }
  const serve = async (pod: ServedPod, host: PodHost): Promise<ServedPort> => {
    await host.serve(pod)
    return { close: () => host.stop(pod.uid) }
  }
  await makeBridge()
  for (const [number, host] of hosts.entries()) {
    const node = nodes[number]
    if (node) await plugIn(placeOf(node, host.pid), number)
  }
  return {
    hostOf,
    serve: async pod => {
      const [address] = pod.addresses
      if (address === undefined) throw new RangeError(`pod ${pod.name} has no address`)
      const host = hostOf(address)
      running.set(pod.uid, await (serveOther(pod, host) ?? serve(pod, host)))
    },
    stop: async uid => {
      await running.get(uid)?.close()
      running.delete(uid)
    },
    close: async () => {
      await Promise.all([...running.values()].map(pod => pod.close()))
      await Promise.all(hosts.map(host => host.close()))
    },
  }
}
