import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import type { Portal } from '../../lib/model/portal.js'
import { port } from '../../lib/model/port.js'
import type { ProxyProtocol } from '../../lib/model/terms.js'
import { needing } from '../namespace.js'
import { endpointThat, nobody, Proxy, received } from './stage.js'

const portals: readonly Portal[] = [{ kind: 'cluster-ip', address: ipAddress('10.96.0.10'), port: port(80) }]

const throughTo = (t: Test, endpoint: Endpoint, proxyProtocol: ProxyProtocol): Promise<Proxy> =>
  Proxy.start(t, { endpoints: [endpoint], portals, terms: { proxyProtocol } })

t.test('the endpoint is told for whom it is, before the first byte', async t => {
  const heard: Promise<Buffer>[] = []
  const endpoint = await endpointThat(t, socket => {
    heard.push(received(socket))
    socket.end()
  })
  const proxy = await throughTo(t, endpoint, 'v1')
  const client = await proxy.client()
  client.end('hello')
  client.resume()
  t.match(await proxy.event('disconnected'), { how: 'ended', sent: 5, received: 0 })
  const [said] = await Promise.all(heard)
  t.equal(String(said), `PROXY TCP4 127.0.0.1 10.96.0.10 ${String(client.localPort)} 80\r\nhello`)
})

t.test('an endpoint that waits to be told before it speaks first does not wait', async t => {
  const endpoint = await endpointThat(t, socket => socket.once('data', () => socket.write('220 ready')))
  const proxy = await throughTo(t, endpoint, 'v2')
  const client = await proxy.client()
  t.strictSame(await once(client, 'data'), [Buffer.from('220 ready')])
})

t.test('new terms count for new connections', async t => {
  const first: Promise<unknown[]>[] = []
  const endpoint = await endpointThat(t, socket => first.push(once(socket, 'data')))
  const proxy = await Proxy.start(t, { endpoints: [endpoint], portals })
  const connections = ['before', 'after'] as const
  for (const word of connections) {
    const client = await proxy.client()
    client.write(word)
    while (first.length <= connections.indexOf(word)) await new Promise(setImmediate)
    proxy.listener.update({ portals, endpoints: [endpoint], terms: { proxyProtocol: 'v1' } })
  }
  const [before, after] = await Promise.all(first)
  t.equal(String(before), 'before')
  t.match(String(after), /^PROXY TCP4 /)
})

/** Runs a server, from a configuration that names a port, until the test is over; resolves when it listens. */
const serverThat = async (
  t: Test,
  configuration: (port: number) => string,
  command: (file: string) => readonly string[],
): Promise<Endpoint> => {
  const endpoint = await nobody()
  const file = join(t.testdir(), 'server.conf')
  writeFileSync(file, configuration(endpoint.port))
  const [program = '', ...args] = command(file)
  const child = spawn(program, args, { stdio: 'ignore' })
  t.teardown(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  const listens = (): Promise<boolean> =>
    new Promise(resolve => {
      const socket = connect({ host: endpoint.address, port: endpoint.port })
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.on('close', () => undefined)
      socket.unref()
    })
  while (!(await listens())) if (child.exitCode !== null) throw new Error(`${program} has ended`)
  return endpoint
}

const haproxy = (number: number): string => `
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend web
  bind 127.0.0.1:${number} accept-proxy
  http-request return status 200 content-type text/plain lf-string "%[src]:%[src_port] %[dst]:%[dst_port]"
`

const nginx = (number: number): string => `
daemon off; master_process off; pid none; error_log stderr crit;
events {}
http {
  access_log off;
  server {
    listen 127.0.0.1:${number} proxy_protocol;
    location / {
      return 200 "$proxy_protocol_addr:$proxy_protocol_port $proxy_protocol_server_addr:$proxy_protocol_server_port";
    }
  }
}
`

const servers = {
  haproxy: { configuration: haproxy, command: (file: string) => ['haproxy', '-db', '-f', file] },
  nginx: { configuration: nginx, command: (file: string) => ['nginx', '-e', 'stderr', '-c', file] },
}

for (const name of ['haproxy', 'nginx'] as const) {
  const { configuration, command } = servers[name]
  t.test(`a real ${name} that expects it learns who its client is`, await needing(name, '-v'), async t => {
    const endpoint = await serverThat(t, configuration, command)
    for (const version of ['v1', 'v2'] as const) {
      const proxy = await throughTo(t, endpoint, version)
      const client = await proxy.client()
      client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
      const body = String(await received(client)).split('\r\n\r\n')[1]
      t.equal(body, `127.0.0.1:${String(client.localPort)} 10.96.0.10:80`, version)
      client.end()
    }
  })
}
