import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net'
import t from 'tap'
import { WebSocket } from 'ws'
import { servePortForwards, subprotocol } from './kubelet.js'

const listening = async (t: { teardown(end: () => unknown): void }, server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  return address.port
}

/** Everything that a WebSocket tells, in words. */
const heard = async (api: number, query: string): Promise<readonly string[]> => {
  const url = `ws://127.0.0.1:${api}/api/v1/namespaces/shop/pods/web-1/portforward${query}`
  const webSocket = new WebSocket(url, subprotocol)
  const all: string[] = []
  webSocket.on('message', (frame: Buffer) => all.push(`${frame[0]} ${frame.toString('latin1', 1)}`))
  webSocket.on('open', () => webSocket.send(Buffer.from('\u0000hello')))
  webSocket.on('error', error => all.push(error.message))
  const code = await new Promise<number>(resolve => webSocket.once('close', resolve))
  return [...all, String(code)]
}

t.test('says the port on both channels, then what the pod says, and closes when the pod does', async t => {
  const pod = await listening(
    t,
    createTcpServer(socket => socket.once('data', bytes => socket.end(`you said ${String(bytes)}`))),
  )
  const api = createServer()
  servePortForwards(api, { dial: () => connect(pod, '127.0.0.1'), grace: 0 })
  t.strictSame(await heard(await listening(t, api), '?ports=258'), [
    ...['0 \u0002\u0001', '1 \u0002\u0001', '0 you said hello', '1000'],
  ])
})

t.test('says why the pod cannot be reached, after the ports', async t => {
  const server = createTcpServer()
  const gone = await listening(t, server)
  server.close()
  await once(server, 'close')
  const api = createServer()
  servePortForwards(api, { dial: () => connect(gone, '127.0.0.1'), grace: 0 })
  const [, , reason, code] = await heard(await listening(t, api), '?ports=80')
  t.match(
    reason,
    /^1 error forwarding port 80 to pod [\da-f]{64}, uid : failed to execute portforward in network namespace "\/var\/run\/netns\/cni-web-1": failed to connect to localhost:80 inside namespace "[\da-f]{64}", IPv4: dial tcp4 127\.0\.0\.1:80: connect: connection refused IPv6 dial tcp6 \[::1\]:80: connect: connection refused $/,
  )
  t.equal(code, '1000')
})

t.test('answers with a status what it does not let in', async t => {
  const api = createServer()
  servePortForwards(api, {
    dial: () => Promise.reject(new Error('it was let in')),
    refuse: ({ pod }) => ({ code: 404, reason: 'NotFound', message: `pods "${pod}" not found` }),
  })
  const port = await listening(t, api)
  t.strictSame(await heard(port, '?ports=80'), ['Unexpected server response: 404', '1006'])
  t.strictSame(await heard(port, ''), ['Unexpected server response: 400', '1006'])
})
