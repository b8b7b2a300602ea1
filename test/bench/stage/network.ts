import { machine } from '../../../lib/host/machine.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { succeed } from '../../../lib/sandbox/network/command.js'

/*
 *   client ─ eth0 ═══ client0 ─┐                     ┌─ server0 ═══ eth0 ─ server
 *   10.244.0.2                 cni0, a bridge of the node, 10.244.0.1      10.244.0.3 and .4
 *
 * The node is the namespace we are in; the proxies run here, and the two pods are one namespace each.
 */

/** The server pod, where everything is served. */
export const serverAddress = ipAddress('10.244.0.3')

/** Another address of the server pod, so that endpoints can change. */
export const otherServerAddress = ipAddress('10.244.0.4')

const links = `
link add cni0 type bridge
address add 10.244.0.1/24 dev cni0
link set cni0 up
route add default dev cni0
`

const podLinks = (pod: string, addresses: readonly string[]): string => `
netns add ${pod}
link add ${pod}0 type veth peer name eth0 netns ${pod}
link set ${pod}0 master cni0 up
-n ${pod} link set lo up
${addresses.map(address => `-n ${pod} address add ${address}/24 dev eth0`).join('\n')}
-n ${pod} link set eth0 up
-n ${pod} route add default via 10.244.0.1
`

/** The command that runs `command` in a pod. */
export const inPod = (pod: 'client' | 'server', command: readonly string[]): readonly string[] => [
  'nsenter',
  `--net=/run/netns/${pod}`,
  ...command,
]

// Thousands of short connections a second would use up all ports otherwise, and all room of the kernel's conntrack.
const podSettings = ['net/ipv4/tcp_tw_reuse=1', 'net/ipv4/ip_local_port_range=10240 65535']
const nodeSettings = [
  ...podSettings,
  'net/ipv4/ip_forward=1',
  'net/netfilter/nf_conntrack_tcp_timeout_time_wait=1',
  'net/netfilter/nf_conntrack_tcp_timeout_close=1',
]

const set = async (
  setting: string,
  within: (command: readonly string[]) => readonly string[],
): Promise<void> => {
  const [path = '', value = ''] = setting.split('=')
  await succeed(machine, within(['tee', `/proc/sys/${path}`]), value)
}

/** `ip` has no option that changes the namespace within a batch, so each line is a command. */
const ip = async (lines: string): Promise<void> => {
  for (const line of lines.trim().split('\n')) await succeed(machine, ['ip', ...line.split(' ')])
}

/** Makes this fresh network namespace a node with two pods. */
export const buildNetwork = async (): Promise<void> => {
  // Nothing works without it, and it names its package when it is missing.
  await succeed(machine, ['iptables', '-t', 'nat', '-S'])
  await ip(links)
  await ip(podLinks('client', ['10.244.0.2']))
  await ip(podLinks('server', [serverAddress, otherServerAddress]))
  for (const setting of nodeSettings) await set(setting, command => command)
  for (const pod of ['client', 'server'] as const)
    for (const setting of podSettings) await set(setting, command => inPod(pod, command))
}
