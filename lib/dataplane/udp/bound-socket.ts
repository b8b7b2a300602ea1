import { createSocket, type Socket, type SocketOptions } from 'node:dgram'
import { familyOf, type IpAddress } from '../../model/ip-address.js'

export interface Binding {
  readonly address: IpAddress
  /** Absent: one that is free. */
  readonly port?: number
  /** How many bytes of datagrams may wait for us; the kernel gives less where it has a lower limit (`net.core.rmem_max`). */
  readonly receiveBuffer?: number
}

type Lookup = NonNullable<SocketOptions['lookup']>

// Addresses are never names. Node would ask its resolver all the same, for each datagram that is sent to an address.
const asItIs: Record<'udp4' | 'udp6', Lookup> = {
  udp4: (address, _options, found) => found(null, address, 4),
  udp6: (address, _options, found) => found(null, address, 6),
}

/**
 * A socket on that address and port, at once: with nothing to look up, Node binds, connects and sends before it returns.
 * Throws the system's error (`EADDRINUSE`), and leaves nothing open. Who gets it has to listen for errors.
 *
 * Never `reuseAddr`: with it any user of the machine could bind the same port, and get its datagrams.
 */
export const boundSocket = ({ address, port = 0, receiveBuffer }: Binding): Socket => {
  const type = familyOf(address) === 'IPv4' ? 'udp4' : 'udp6'
  const socket = createSocket({
    type,
    lookup: asItIs[type],
    ipv6Only: type === 'udp6',
    ...(receiveBuffer !== undefined && { recvBufferSize: receiveBuffer }),
  })
  const errors: Error[] = []
  const note = (error: Error): void => void errors.push(error)
  socket.on('error', note)
  socket.bind({ address, port, exclusive: true })
  socket.off('error', note)
  if (errors[0]) {
    socket.close()
    throw errors[0]
  }
  return socket
}
