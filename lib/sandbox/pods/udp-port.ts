import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { familyOf } from '../../model/ip-address.js'
import { answerTo } from './answer.js'
import type { PodPort, ServedPort } from './pod-port.js'

/** Serves a UDP port of a pod: a datagram for each datagram. Rejects when it cannot be bound. */
export const serveUdp = async ({ name, address, port }: PodPort): Promise<ServedPort> => {
  const socket = createSocket(familyOf(address) === 'IPv4' ? 'udp4' : 'udp6')
  socket.on('message', (question, peer) => {
    const answer = answerTo(question.toString('latin1'), { name, client: peer.address })
    // An answer that cannot be sent is lost, as datagrams are.
    socket.send(answer ?? question, peer.port, peer.address, () => undefined)
  })
  socket.bind(port, address)
  await once(socket, 'listening')
  return {
    close: () => new Promise(resolve => socket.close(resolve)),
  }
}
