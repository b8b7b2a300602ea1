// The server pod: server.js WEB-PORT ECHO-PORT. Answers each HTTP request with 64 bytes, and each datagram with itself.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'

const [webPort, echoPort] = process.argv.slice(2).map(Number)
const answer = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n${'x'.repeat(64)}`)
const lastAnswer = Buffer.from(
  `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 64\r\n\r\n${'x'.repeat(64)}`,
)

// No HTTP parser: a request of our load comes in one piece, and the server shall not be what is measured.
const web = createServer({ noDelay: true }, socket => {
  socket.on('error', () => undefined)
  socket.on('data', (request: Buffer) => {
    if (request.includes('Connection: close')) socket.end(lastAnswer)
    else socket.write(answer)
  })
})
web.listen({ port: webPort, host: '0.0.0.0', backlog: 4096 })
await once(web, 'listening')

// A socket on 0.0.0.0 would answer from one address, whichever was asked.
const addresses = Object.values(networkInterfaces()).flatMap(all =>
  (all ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
)
for (const own of addresses) {
  const echo = createSocket({ type: 'udp4', recvBufferSize: 1_048_576 }, (bytes, { port, address }) =>
    echo.send(bytes, port, address),
  )
  echo.bind(echoPort, own)
  await once(echo, 'listening')
}
process.stdout.write('ready\n')
