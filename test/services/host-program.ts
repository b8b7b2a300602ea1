import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { familyOf } from '../../lib/model/ip-address.js'

/** A program of the node's own that has a port. It says so to whoever asks. */
export interface HostProgram {
  /** It lets go of the port. */
  close(): Promise<void>
}

/** What it says. */
export const hostAnswer = 'a program of the host'

/** Starts one. Rejects with `EADDRINUSE` where the port is taken. */
export const takeTcp = async ({ address, port }: Endpoint): Promise<HostProgram> => {
  const server = createServer(socket => {
    socket
      .on('error', () => undefined)
      .resume()
      .end(hostAnswer)
  })
  server.listen({ host: address, port, ipv6Only: true })
  await once(server, 'listening')
  return {
    close: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

/** The same for UDP. */
export const takeUdp = async ({ address, port }: Endpoint): Promise<HostProgram> => {
  const type = familyOf(address) === 'IPv4' ? 'udp4' : 'udp6'
  const socket = createSocket({ type, ipv6Only: type === 'udp6' })
  socket.on('message', (_, peer) => socket.send(hostAnswer, peer.port, peer.address))
  socket.bind(port, address)
  await once(socket, 'listening')
  return {
    close: async () => {
      socket.close()
      await once(socket, 'close')
    },
  }
}
