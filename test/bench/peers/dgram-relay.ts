// The shortest UDP proxy that can be written in Node, to compare with: dgram-relay.js HOST LOCAL-PORT PORT. It has no
// timeouts, no limits and no way to change endpoints.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

const [host = '', localPort = '', port = ''] = process.argv.slice(2)
const listener = createSocket('udp4')
const flows = new Map<string, Socket>()

const open = (clientAddress: string, clientPort: number): Socket => {
  const flow = createSocket('udp4')
  flow.on('message', answer => listener.send(answer, clientPort, clientAddress))
  flow.on('error', () => undefined)
  flow.connect(Number(port), host)
  return flow
}

listener.on('message', (bytes, client) => {
  const key = `${client.address}:${client.port}`
  let flow = flows.get(key)
  if (flow) {
    flow.send(bytes)
    return
  }
  flow = open(client.address, client.port)
  flows.set(key, flow)
  flow.once('connect', () => flow.send(bytes))
})
listener.bind(Number(localPort), '0.0.0.0')
await once(listener, 'listening')
process.stdout.write('ready\n')
