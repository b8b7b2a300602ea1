// The shortest TCP proxy that can be written in Node, to compare with: pipe-proxy.js HOST {LOCAL-PORT PORT}…
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const [host = '', ...pairs] = process.argv.slice(2)
for (let at = 0; at < pairs.length; at += 2) {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    const endpoint = connect({ host, port: Number(pairs[at + 1]), allowHalfOpen: true, noDelay: true })
    client.on('error', () => endpoint.destroy())
    endpoint.on('error', () => client.destroy())
    client.pipe(endpoint)
    endpoint.pipe(client)
  })
  server.listen({ port: Number(pairs[at]), host: '0.0.0.0', backlog: 4096 })
  await once(server, 'listening')
}
process.stdout.write('ready\n')
