// soak-echo.js PORT: sends back what it gets, and the end after it. What begins with an R is answered with a reset.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

const serve = (socket: Socket): void => {
  socket.on('error', () => undefined)
  socket.once('data', (bytes: Buffer) => {
    if (bytes[0] === 'R'.charCodeAt(0)) {
      socket.resetAndDestroy()
      return
    }
    socket.write(bytes)
    socket.pipe(socket)
  })
  socket.once('end', () => socket.end())
}

const server = createServer({ allowHalfOpen: true, noDelay: true }, serve)
server.listen({ port: Number(process.argv[2]), host: '0.0.0.0', backlog: 4096 })
await once(server, 'listening')
process.stdout.write('ready\n')
