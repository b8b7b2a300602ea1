import type { Host } from '../../host/host.js'
import type { Family } from '../../model/ip-address.js'
import { succeed } from './command.js'
import type { FamilyNetwork, Settings } from './family-network.js'
import { ipv4Network } from './ipv4-network.js'
import { ipv6Network } from './ipv6-network.js'

/*
 *      the node's namespace        |         the pods' namespace
 *                                  |
 *   cni0, a bridge ── pods  ═══════╪═══════ eth0    10.244.0.0/16 but for .0.1, and fd00:10:244::/48
 *   10.244.0.1, fd00:10:244::1     |
 *   eth0 ══════════════════════════╪═══════ uplink  172.18.0.1, fd00:172:18::1: the router, and clients from outside
 *   172.18.0.2, fd00:172:18::2     |
 */

const nodeLinks = (podHost: number): readonly string[] => [
  'link add cni0 type bridge',
  'link set cni0 up',
  `link add pods type veth peer name eth0 netns ${podHost}`,
  'link set pods master cni0 up',
  `link add eth0 type veth peer name uplink netns ${podHost}`,
  'link set eth0 up',
]

const podLinks = ['link set lo up', 'link set eth0 up', 'link set uplink up']

const networks: Readonly<Record<Family, FamilyNetwork>> = { IPv4: ipv4Network, IPv6: ipv6Network }

/** What runs a program in the pods' namespace: `curl --interface POD-IP …`. */
export const inPods = (podHost: number): readonly [string, ...string[]] => [
  'nsenter',
  `--net=/proc/${podHost}/ns/net`,
]

/** One of the two namespaces: how to run a program in it. */
interface Place {
  readonly host: Host
  readonly prefix: readonly string[]
}

const batch = ({ host, prefix }: Place, commands: readonly string[], ...options: string[]): Promise<void> =>
  succeed(host, [...prefix, 'ip', ...options, '-batch', '-'], commands.join('\n') + '\n')

const set = async ({ host, prefix }: Place, settings: Settings): Promise<void> => {
  for (const [path, value] of Object.entries(settings))
    await succeed(host, [...prefix, 'tee', `/proc/sys/net/${path}`], value)
}

/**
 * Makes this network namespace a node, and that of the process `podHost` its pods and the world outside. Packets
 * between the two cross real links, so nat's PREROUTING sees them. Pods reach each other without the node, so a
 * proxy that only rewrites packets, from pod to pod, would never see the answers.
 */
export const connectNode = async (
  host: Host,
  podHost: number,
  families: readonly Family[],
): Promise<void> => {
  const node: Place = { host, prefix: [] }
  const pods: Place = { host, prefix: inPods(podHost) }
  const wanted = families.map(family => networks[family])
  for (const network of wanted) {
    await set(node, network.node.first)
    await set(pods, network.pods.first)
  }
  await batch(node, nodeLinks(podHost))
  await batch(pods, podLinks)
  for (const network of wanted) {
    await set(pods, network.pods.settings)
    await batch(node, network.node.commands, network.option)
    await batch(pods, network.pods.commands, network.option)
    await set(node, network.node.settings)
  }
}
