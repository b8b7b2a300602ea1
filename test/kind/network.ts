import { machine } from '../../lib/host/machine.js'
import { type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import { succeed } from '../../lib/sandbox/network/command.js'
import { inPods } from '../../lib/sandbox/network/node-network.js'

/*
 *   the laptop                                     | each node, which is its pods, too
 *                                                  |
 *   br-kind ── port0, port1, port2 ════════════════╪═ eth0   172.18.0.2, .3, .4
 *   172.18.0.1/16, fc00:f853:ccd:e793::1/64        |         10.244.0.0/24, .1.0/24, .2.0/24: every address of them
 *                                                  |
 *   wlan0 ═════════════════════════════════════════╪═ lan    198.51.100.1: the way to everywhere, where no packet comes back
 *   198.51.100.7                                   | the world
 */

/** Of RFC 5737, for documentation: a network that no other test and no cluster uses. */
export const laptopAddress = ipAddress('198.51.100.7')
const gateway = ipAddress('198.51.100.1')

/** Docker's IPv6 range for the network `kind`. */
const bridgePrefix = 'fc00:f853:ccd:e793::'

export interface NodePlace {
  readonly name: string
  /** The process whose network namespace is the node's. */
  readonly pid: number
  readonly addresses: readonly IpAddress[]
  readonly podCidrs: readonly string[]
}

const ip = (commands: readonly string[], prefix: readonly string[] = []): Promise<void> =>
  succeed(machine, [...prefix, 'ip', '-batch', '-'], `${commands.join('\n')}\n`)

const set = (path: string, value: string, prefix: readonly string[] = []): Promise<void> =>
  succeed(machine, [...prefix, 'tee', `/proc/sys/net/${path}`], value)

/** What Docker makes when `kind` asks it for a network. */
export const makeBridge = async (): Promise<void> => {
  await set('ipv4/ip_forward', '1')
  // Nobody else can have these addresses: the kernel need not ask, a second for each, before it uses one.
  await set('ipv6/conf/default/accept_dad', '0')
  await ip([
    'link add br-kind type bridge',
    'address add 172.18.0.1/16 brd 172.18.255.255 dev br-kind',
    `address add ${bridgePrefix}1/64 dev br-kind nodad`,
    'link set br-kind up',
  ])
}

const isV6 = (text: string): boolean => text.includes(':')

/** Plugs a node into the bridge. It forwards nothing: it is its pods, and a packet for those of another node ends there. */
export const plugIn = async ({ pid, addresses, podCidrs }: NodePlace, number: number): Promise<void> => {
  const port = `port${number}`
  await ip([
    `link add ${port} type veth peer name eth0 netns ${pid}`,
    `link set ${port} master br-kind`,
    `link set ${port} up`,
  ])
  const inside = inPods(pid)
  // A pod's IPv6 address is local by its route alone; without this nobody could listen on it.
  await set('ipv6/ip_nonlocal_bind', '1', inside)
  await set('ipv6/conf/default/accept_dad', '0', inside)
  await ip(
    [
      'link set lo up',
      'link set eth0 up',
      ...addresses.map(address => `address add ${address}/${isV6(address) ? '64' : '16'} dev eth0`),
      'route add default via 172.18.0.1',
      ...podCidrs.map(cidr => `route add local ${cidr} dev lo table local`),
    ],
    inside,
  )
  const way = ['route', 'add', 'default', 'via', `${bridgePrefix}1`, 'dev', 'eth0']
  if (podCidrs.some(isV6)) await succeed(machine, [...inside, 'ip', '-6', ...way])
}

/** A way to the rest of the world, as by Wi-Fi: the network namespace of `world`, which swallows whatever comes. */
export const joinWifi = async (world: number): Promise<void> => {
  await ip([
    `link add wlan0 type veth peer name lan netns ${world}`,
    `address add ${laptopAddress}/24 dev wlan0`,
  ])
  await ip(
    ['link set lo up', `address add ${gateway}/24 dev lan`, 'link set lan up', 'route add blackhole default'],
    inPods(world),
  )
  await wifiOn()
}

/** Wi-Fi on, and so a default route. */
export const wifiOn = (): Promise<void> =>
  ip(['link set wlan0 up', `route add default via ${gateway} dev wlan0`])

/** Wi-Fi off: its routes are gone. */
export const wifiOff = (): Promise<void> => ip(['link set wlan0 down'])
