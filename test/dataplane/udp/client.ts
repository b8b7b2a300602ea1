// As a program: client.js connected|open HOST PORT LOCAL-ADDRESS asks once, and prints from where it was answered what.
// A connected socket hears only whom it has asked.
import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'

const [kind = '', host = '', port = '', local = ''] = process.argv.slice(2)
const socket = createSocket('udp4')
socket.on('message', (answer: Buffer, from: RemoteInfo) => {
  process.stdout.write(`${from.address}:${from.port} ${String(answer)}\n`)
  socket.close()
})
socket.bind(0, local)
await once(socket, 'listening')
if (kind === 'connected') {
  socket.connect(Number(port), host)
  await once(socket, 'connect')
  socket.send('question')
} else socket.send('question', Number(port), host)
