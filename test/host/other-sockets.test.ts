import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { hasOtherSocket } from '../../lib/host/other-sockets.js'
import { machine } from '../../lib/host/machine.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'

const end = (address = '', number = 0): Endpoint => ({ address: ipAddress(address), port: port(number) })

const isAddress = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === 'object' && address !== null

const endOf = (server: Server): Endpoint => {
  const address = server.address()
  if (!isAddress(address)) throw new Error('the server does not listen')
  return end(address.address, address.port)
}

const serverAt = async (t: Test, host: string): Promise<Endpoint> => {
  const server = createServer(socket => socket.on('error', () => undefined)).listen(0, host)
  await once(server, 'listening')
  t.teardown(() => server.close())
  return endOf(server)
}

const clientOf = async (t: Test, { address, port }: Endpoint, localPort?: number): Promise<Socket> => {
  const socket = connect({ host: address, port, ...(localPort && { localPort }) })
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

for (const host of ['127.0.0.1', '::1'])
  t.test(`a socket at the same end is found, whatever else there is (${host})`, async t => {
    const [one, other] = [await serverAt(t, host), await serverAt(t, host)]
    const { localAddress, localPort } = await clientOf(t, one)
    const local = end(localAddress, localPort)
    t.equal(await hasOtherSocket(machine, local, one), false, 'there is only the one that goes there')
    t.equal(await hasOtherSocket(machine, local, other), true, 'it does not go there')
    t.equal(await hasOtherSocket(machine, { ...local, port: one.port }, other), true, 'the other side')
    t.equal(await hasOtherSocket(machine, { ...local, port: port(1) }, other), false)
  })

t.test('a socket that was closed, of which the kernel keeps the ends for a minute, is none', async t => {
  const [one, other] = [await serverAt(t, '127.0.0.1'), await serverAt(t, '127.0.0.1')]
  const client = await clientOf(t, one)
  const local = end(client.localAddress, client.localPort)
  t.equal(await hasOtherSocket(machine, local, other), true)
  client.end().resume()
  await once(client, 'close')
  t.equal(await hasOtherSocket(machine, local, other), false)
})

t.test('where the system does not tell, there is none', async t => {
  const silent = { ...machine, readFile: () => Promise.resolve(undefined) }
  t.equal(await hasOtherSocket(silent, end('127.0.0.1', 1), end('127.0.0.1', 2)), false)
})
