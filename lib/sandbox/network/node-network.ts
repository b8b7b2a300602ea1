import type { Host } from '../../host/host.js'
import { bridgeAddress, nodeAddress, outsideAddress, podNetwork, silentNetwork } from './addresses.js'
import { succeed } from './command.js'

/*
 *      the node's namespace        |         the pods' namespace
 *                                  |
 *   cni0, a bridge ── pods  ═══════╪═══════ eth0    10.244.0.0/16 but for .0.1
 *   10.244.0.1                     |
 *   eth0 ══════════════════════════╪═══════ uplink  172.18.0.1: the router, and clients from outside
 *   172.18.0.2, default route      |
 */

const nodeLinks = (podHost: number): readonly string[] => [
  'link add cni0 type bridge',
  `address add ${bridgeAddress}/16 dev cni0`,
  'link set cni0 up',
  `link add pods type veth peer name eth0 netns ${podHost}`,
  'link set pods master cni0 up',
  `link add eth0 type veth peer name uplink netns ${podHost}`,
  `address add ${nodeAddress}/16 dev eth0`,
  'link set eth0 up',
  // Without a route to a cluster IP, connect() fails before the kernel looks at nat.
  `route add default via ${outsideAddress}`,
]

const podLinks = [
  'link set lo up',
  'link set eth0 up',
  'link set uplink up',
  // Every address of a pod to come is local: nothing to do when it starts, and a pod that is gone refuses.
  `route add local ${podNetwork} dev lo table local`,
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
  `route add blackhole ${silentNetwork} table 101`,
  'route add unreachable default table 101',
]

const lines = (commands: readonly string[]): string => commands.join('\n') + '\n'

/** What runs a program in the pods' namespace: `curl --interface POD-IP …`. */
export const inPods = (podHost: number): readonly [string, ...string[]] => [
  'nsenter',
  `--net=/proc/${podHost}/ns/net`,
]

/**
 * Makes this network namespace a node, and that of the process `podHost` its pods and the world outside. Packets
 * between the two cross real links, so nat's PREROUTING sees them. Pods reach each other without the node, so a
 * proxy that only rewrites packets, from pod to pod, would never see the answers.
 */
export const connectNode = async (host: Host, podHost: number): Promise<void> => {
  const pods = inPods(podHost)
  await succeed(host, ['ip', '-batch', '-'], lines(nodeLinks(podHost)))
  await succeed(host, [...pods, 'ip', '-batch', '-'], lines(podLinks))
  await succeed(host, ['tee', '/proc/sys/net/ipv4/ip_forward'], '1')
  await succeed(host, [...pods, 'tee', '/proc/sys/net/ipv4/conf/uplink/forwarding'], '1')
  // The kernel would tell a client only once a second.
  await succeed(host, [...pods, 'tee', '/proc/sys/net/ipv4/icmp_ratelimit'], '0')
}
