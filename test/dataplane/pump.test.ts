import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { runs, slices, total } from './cases.js'
import { bytes, endpointThat, fateOf, Proxy } from './stage.js'
import { writeSlices } from './write-slices.js'

/** Both ends of a connection through the proxy. */
interface Ends {
  readonly proxy: Proxy
  readonly client: Socket
  readonly endpoint: Socket
}

/** Starts a proxy, and gives what opens a connection through it, does something with it, and waits until it is over. */
const stage = async (scene: Test): Promise<(act: (ends: Ends) => Promise<void>) => Promise<void>> => {
  const arrivals = new EventEmitter()
  const endpoint = await endpointThat(scene, socket => arrivals.emit('arrival', socket))
  const proxy = await Proxy.start(scene, { endpoints: [endpoint] })
  return async act => {
    proxy.events.splice(0)
    const arrival = new Promise<Socket>(resolve => arrivals.once('arrival', resolve))
    const client = await proxy.client()
    await proxy.event('connected')
    try {
      await act({ proxy, client, endpoint: await arrival })
    } finally {
      client.destroy()
      proxy.connections.reset()
      await proxy.connections.ended
    }
  }
}

/** What a socket gets, and how that ends. */
const take = async (socket: Socket): Promise<{ readonly all: Buffer; readonly fate: string }> => {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  const fate = await fateOf(socket)
  return { all: Buffer.concat(chunks), fate }
}

t.test('whatever is sent and whoever ends first, all bytes and both ends arrive', async t => {
  const through = await stage(t)
  const first = fc.constantFrom('client', 'endpoint', 'both')
  const property = fc.asyncProperty(slices, slices, first, (sent, received, endsFirst) =>
    through(async ({ proxy, client, endpoint }) => {
      const [toClient, toEndpoint] = [take(client), take(endpoint)]
      const clientEnds = async (): Promise<void> => {
        if (endsFirst === 'endpoint') await once(client, 'end')
        await writeSlices(client, sent, bytes(total(sent), 1))
        client.end()
      }
      const endpointEnds = async (): Promise<void> => {
        if (endsFirst === 'client') await once(endpoint, 'end')
        await writeSlices(endpoint, received, bytes(total(received), 2))
        endpoint.end()
      }
      await Promise.all([clientEnds(), endpointEnds()])
      if (!(await toEndpoint).all.equals(bytes(total(sent), 1)))
        throw new Error('the endpoint got something else')
      if (!(await toClient).all.equals(bytes(total(received), 2)))
        throw new Error('the client got something else')
      const { how, ...counted } = await proxy.event('disconnected')
      if (how !== 'ended') throw new Error(`it was ${how}`)
      if (counted.sent !== total(sent) || counted.received !== total(received)) throw new Error('miscounted')
    }),
  )
  await t.resolves(fc.assert(property, runs(150)))
})

t.test('whenever one side resets, the other gets a beginning of what was sent, and a reset', async t => {
  const through = await stage(t)
  const side = fc.constantFrom('client', 'endpoint')
  const property = fc.asyncProperty(slices, slices, side, (before, opposite, who) =>
    through(async ({ proxy, client, endpoint }) => {
      const [resetter, victim] = who === 'client' ? [client, endpoint] : [endpoint, client]
      const taken = take(victim)
      resetter.resume()
      await Promise.all([
        writeSlices(victim, opposite, bytes(total(opposite), 2)),
        writeSlices(resetter, before, bytes(total(before), 1)).then(() => resetter.resetAndDestroy()),
      ])
      const { all, fate } = await taken
      if (fate === 'ended') throw new Error('the reset was taken for an end')
      if (!bytes(total(before), 1).subarray(0, all.length).equals(all))
        throw new Error('something else arrived')
      const { how } = await proxy.event('disconnected')
      if (how !== `reset by ${who}`) throw new Error(`it was ${how}`)
    }),
  )
  await t.resolves(fc.assert(property, runs(150)))
})
