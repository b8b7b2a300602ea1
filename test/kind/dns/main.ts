/* The program of the pod coredns: a DNS server at the addresses it is called with, which is told what names there are. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { answerTo, type Names } from './message.js'

const dnsPort = 53

let names: Names = {}

const isNames = (value: unknown): value is Names => typeof value === 'object' && value !== null

const answerOrNothing = (query: Buffer): Buffer => {
  try {
    return answerTo(query, names)
  } catch {
    return Buffer.alloc(0)
  }
}

const serveUdp = async (address: string): Promise<void> => {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.on('message', (query, peer) => socket.send(answerOrNothing(query), peer.port, peer.address))
  socket.bind(dnsPort, address)
  await once(socket, 'listening')
}

const serveTcp = async (address: string): Promise<void> => {
  const server = createServer(socket => {
    let bytes = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      while (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE(0)) {
        const answer = answerOrNothing(bytes.subarray(2, 2 + bytes.readUInt16BE(0)))
        bytes = bytes.subarray(2 + bytes.readUInt16BE(0))
        socket.write(Buffer.from([answer.length >> 8, answer.length & 255]))
        socket.write(answer)
      }
    })
  }).listen(dnsPort, address)
  await once(server, 'listening')
}

process.on('message', message => {
  if (isNames(message)) names = message
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit())
await Promise.all(process.argv.slice(2).flatMap(address => [serveUdp(address), serveTcp(address)]))
process.send?.({ serving: true })
