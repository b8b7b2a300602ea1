import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Endpoint } from '../../model/endpoint.js'
import { familyOf, type IpAddress } from '../../model/ip-address.js'

/** Connects from a pod's address. The socket is paused: whoever gets it reads its first byte. */
export const connectFrom = async (from: IpAddress, { address, port }: Endpoint): Promise<Socket> => {
  const socket = connect({ host: address, port, localAddress: from, allowHalfOpen: true })
  socket.pause()
  await once(socket, 'connect')
  return socket
}

/** A UDP socket with a pod's address and a port of the kernel's choice. */
export const bindTo = async (from: IpAddress): Promise<UdpSocket> => {
  const socket = createSocket(familyOf(from) === 'IPv4' ? 'udp4' : 'udp6')
  socket.bind(0, from)
  await once(socket, 'listening')
  return socket
}
