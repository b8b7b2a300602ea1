// A client of the scale bench: waits.js ADDRESS PORT. Asks once every 5 ms over a new connection, and says, for each line that it
// reads, how long the longest answer took since the last one, in milliseconds.
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const [host = '', port = ''] = process.argv.slice(2)
const request = 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'

/** When those that wait began to. */
const waiting = new Set<number>()
let longest = 0

const ask = (): void => {
  const began = performance.now()
  waiting.add(began)
  const socket = connect({ host, port: Number(port) })
  socket.on('error', () => undefined)
  socket.end(request)
  socket.resume()
  socket.on('close', () => {
    waiting.delete(began)
    longest = Math.max(longest, performance.now() - began)
  })
}

setInterval(ask, 5)
process.stdout.write('ready\n')
createInterface(process.stdin).on('line', () => {
  const now = performance.now()
  process.stdout.write(`${Math.max(longest, ...[...waiting].map(began => now - began)).toFixed(1)}\n`)
  longest = 0
})
