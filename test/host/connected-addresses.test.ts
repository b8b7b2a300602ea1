import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import t from 'tap'
import { connectedAddresses } from '../../lib/host/connected-addresses.js'
import { machine } from '../../lib/host/machine.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { inNamespace } from '../namespace.js'

const isAddress = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === 'object' && address !== null

const connected = async (): Promise<readonly string[]> => [...(await connectedAddresses(machine))].sort()

await inNamespace(import.meta.url, () => {
  for (const host of ['127.0.0.7', '::1'])
    t.test(
      `an address is connected while a connection to it is open, and not by a listener (${host})`,
      async t => {
        const server = createServer(socket => void socket.resume()).listen(0, host)
        await once(server, 'listening')
        t.strictSame(await connected(), [])
        const address = server.address()
        if (!isAddress(address)) throw new Error('the server does not listen')
        const client = connect({ host, port: address.port })
        await Promise.all([once(server, 'connection'), once(client, 'connect')])
        server.close()
        t.ok((await connected()).includes(ipAddress(host)), 'though nobody listens any more')
        client.end().resume()
        await once(client, 'close')
        t.strictSame(await connected(), [], 'what is closed is kept by the kernel for a minute')
      },
    )
})

t.test('where the system does not tell, none is connected', async t => {
  const silent = { ...machine, readFile: () => Promise.resolve(undefined) }
  t.strictSame([...(await connectedAddresses(silent))], [])
})
