// udp-client.js HOST PORT MILLISECONDS: 16 sockets that each send a datagram, wait for it to come back and send the
// next. Prints JSON: how many came back, and the percentiles of their time in milliseconds.
import { createSocket } from 'node:dgram'

const [host = '', port = '', duration = ''] = process.argv.slice(2)
const times: number[] = []
let lost = 0

const client = (): (() => void) => {
  const socket = createSocket('udp4')
  const payload = Buffer.alloc(64)
  let sent = 0
  const send = (): void => {
    sent = performance.now()
    socket.send(payload)
  }
  socket.on('message', () => {
    times.push(performance.now() - sent)
    send()
  })
  socket.on('error', () => undefined)
  socket.connect(Number(port), host, send)
  const again = setInterval(() => {
    if (performance.now() - sent < 200) return
    lost += 1
    send()
  }, 100)
  return () => {
    clearInterval(again)
    socket.close()
  }
}

const clients = Array.from({ length: 16 }, client)
setTimeout(() => {
  for (const close of clients) close()
  times.sort((a, b) => a - b)
  const percentile = (part: number): number => times[Math.floor(times.length * part)] ?? 0
  process.stdout.write(
    JSON.stringify({ units: times.length, lost, p50: percentile(0.5), p99: percentile(0.99) }),
  )
}, Number(duration))
