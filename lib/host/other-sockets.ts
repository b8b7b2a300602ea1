import type { Endpoint } from '../model/endpoint.js'
import { type IpAddress, ipAddress } from '../model/ip-address.js'
import { type DarwinSocket, darwinSockets, isConnected, type SocketEnd } from './darwin/sockets.js'
import type { Host } from './host.js'

/**
 * The local and the remote end, as /proc/net/tcp has them: `0100007F:1F90`, each four bytes in the machine's order. Without
 * those in TIME_WAIT (06): nobody has them any more, and a machine with many short connections has one for every other port.
 */
const ends = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) (?!06)/gm

const bytesOf = (hex: string): number[] =>
  Array.from(hex.matchAll(/../g), ([byte]) => Number.parseInt(byte, 16))

/** An address as /proc/net/tcp has it: words of four bytes, each in the machine's order. */
export const addressOf = (hex: string): IpAddress => {
  const words = Array.from(hex.matchAll(/.{8}/g), ([word]) => bytesOf(word).reverse())
  if (words.length === 1) return ipAddress(words.flat().join('.'))
  const groups = words.flatMap(([a = 0, b = 0, c = 0, d = 0]) => [a * 256 + b, c * 256 + d])
  return ipAddress(groups.map(group => group.toString(16)).join(':'))
}

const isAt = (end: SocketEnd, { address, port }: Endpoint): boolean =>
  end.address === address && end.port === port

const isElsewhere =
  (here: Endpoint, peer: Endpoint) =>
  (socket: DarwinSocket): boolean =>
    isConnected(socket) && isAt(socket.local, here) && !isAt(socket.remote, peer)

/**
 * Whether a TCP socket of this machine at `local` is connected to somewhere else than `peer`. False where the system does
 * not tell. A machine with 10,000 sockets needs some 10 ms to answer.
 */
export const hasOtherSocket = async (host: Host, local: Endpoint, peer: Endpoint): Promise<boolean> => {
  if (host.platform === 'darwin')
    return ((await darwinSockets(host, 'TCP')) ?? []).some(isElsewhere(local, peer))
  const tables = await Promise.all(['tcp', 'tcp6'].map(name => host.readFile(`/proc/self/net/${name}`)))
  const port = local.port.toString(16).toUpperCase().padStart(4, '0')
  for (const table of tables)
    for (const [, address = '', localPort, remote = '', remotePort = ''] of (table ?? '').matchAll(ends))
      if (localPort === port && addressOf(address) === local.address) {
        const elsewhere = `${addressOf(remote)} ${Number.parseInt(remotePort, 16)}`
        if (elsewhere !== `${peer.address} ${peer.port}`) return true
      }
  return false
}
