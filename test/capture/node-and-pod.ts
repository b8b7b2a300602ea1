import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { runAll } from './commands.js'

/** The node's address as its pod sees it. */
export const nodeAddress = '10.244.0.1'

/** A node with a route to the world and to one pod, which has a network namespace of its own. */
export const buildNode = (): void => {
  runAll(`
    ip link add up0 type veth peer name up1
    ip address add 192.0.2.1/24 dev up0
    ip link set up0 up
    ip link set up1 up
    ip neighbour add 192.0.2.254 lladdr 02:00:00:00:00:fe dev up0
    ip route add default via 192.0.2.254
    ip netns add pod
    ip link add pod0 type veth peer name eth0 netns pod
    ip address add ${nodeAddress}/24 dev pod0
    ip link set pod0 up
    ip -n pod address add 10.244.0.2/24 dev eth0
    ip -n pod link set eth0 up
    ip -n pod route add default via ${nodeAddress}
  `)
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
}

/** Gives the node a neighbour who is neither its pod nor itself. */
export const addOutside = (): void => {
  runAll(`
    ip netns add outside
    ip link add out0 type veth peer name eth0 netns outside
    ip address add 198.51.100.1/24 dev out0
    ip link set out0 up
    ip -n outside address add 198.51.100.2/24 dev eth0
    ip -n outside link set eth0 up
    ip -n outside route add default via 198.51.100.1
  `)
}

/** Gives all of them IPv6 addresses, too: usable at once, as nobody else can have them. */
export const addIpv6 = (): void => {
  runAll(`
    ip address add 2001:db8:1::1/64 dev up0 nodad
    ip neighbour add 2001:db8:1::fe lladdr 02:00:00:00:00:fe dev up0
    ip route add default via 2001:db8:1::fe
    ip address add fd00:244::1/64 dev pod0 nodad
    ip -n pod address add fd00:244::2/64 dev eth0 nodad
    ip -n pod route add default via fd00:244::1
    ip address add 2001:db8:2::1/64 dev out0 nodad
    ip -n outside address add 2001:db8:2::2/64 dev eth0 nodad
    ip -n outside route add default via 2001:db8:2::1
  `)
  writeFileSync('/proc/sys/net/ipv6/conf/all/forwarding', '1')
}

/** What runs a program in the pod. */
export const inPod: readonly [string, ...string[]] = ['ip', 'netns', 'exec', 'pod']

/** What runs a program at the neighbour's. */
export const outside: readonly string[] = ['ip', 'netns', 'exec', 'outside']

/** Starts `client.ts` in the pod. */
export const clientInPod = (host: string, ...args: readonly string[]): ChildProcessWithoutNullStreams =>
  spawn(inPod[0], [
    ...inPod.slice(1),
    ...[process.execPath, join(import.meta.dirname, 'client.js'), host, ...args],
  ])

/** What a client in the pod hears, and how often. */
export const heardInPod = async (host: string, port: number): Promise<string> =>
  (await text(clientInPod(host, String(port)).stdout)).trim()

/** The one listener that portals lead to. It says hello and hears the client out, echoing. */
export const listen = async (): Promise<void> => {
  const server = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => undefined)
    socket.write('hello')
    socket.pipe(socket)
  })
  server.listen(14_000, '0.0.0.0')
  await once(server, 'listening')
  t.teardown(() => server.close())
}

/** A listener at all addresses of both families, or at one, that answers with its port. */
export const listenTcp = async (port: number, host = '::'): Promise<void> => {
  const server = createServer(socket => {
    socket.on('error', () => undefined)
    socket.end(String(port))
  })
  server.listen(port, host)
  await once(server, 'listening')
  t.teardown(() => server.close())
}

/** A UDP listener that answers with its port, with a socket for each address that clients are redirected to. */
export const listenUdp = async (port: number, addresses = ['127.0.0.1', nodeAddress]): Promise<void> => {
  for (const address of addresses) {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    socket.on('message', (_, peer) => socket.send(String(port), peer.port, peer.address))
    socket.bind(port, address)
    await once(socket, 'listening')
    t.teardown(() => socket.close())
  }
}
