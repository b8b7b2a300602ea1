import type { Socket } from 'node:net'
import t, { type Test } from 'tap'
import { Budget } from '../../lib/stream/budget.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { bytes, endpointThat, Proxy, received } from './stage.js'

const clients = 200
const isSlow = (id: number): boolean => id % 3 === 0

/** Small and big, as answers are. The first is more than the kernel takes for a client that does not read. */
const sizes = [5_000_000, 17, 900, 15_000, 16_384, 40_000, 3, 300_000]

/** What client number `id` is to get: nothing of it is like another's. */
const answers = (id: number): Buffer[] => {
  const pattern = bytes(65_521, id)
  return sizes.map(size => Buffer.alloc(isSlow(id) ? size : Math.min(size, 300_000), pattern))
}

/** Sends each client its own, once all have said their numbers. */
const answering = (scene: Test): Promise<Endpoint> => {
  const waiting: (() => void)[] = []
  const answer = async (socket: Socket, id: number): Promise<void> => {
    for (const each of answers(id)) {
      socket.write(each)
      // So that they do not arrive as one.
      await new Promise(setImmediate)
    }
    socket.end()
  }
  return endpointThat(scene, socket => {
    socket.once('data', (number: Buffer) => {
      waiting.push(() => void answer(socket, Number(number)))
      if (waiting.length === clients) for (const begin of waiting) begin()
    })
  })
}

const gets = async (scene: Test, memory: number): Promise<void> => {
  const proxy = await Proxy.start(scene, { endpoints: [await answering(scene)], budget: new Budget(memory) })
  const sockets = await Promise.all(Array.from({ length: clients }, () => proxy.client()))
  sockets.forEach((socket, id) => socket.write(String(id)))
  const quick = sockets.map((socket, id) => (isSlow(id) ? undefined : received(socket)))
  await Promise.all(quick.filter(each => each !== undefined))
  const all = await Promise.all(sockets.map((socket, id) => quick[id] ?? received(socket)))
  scene.strictSame(
    all.flatMap((each, id) => (each.equals(Buffer.concat(answers(id))) ? [] : [id])),
    [],
    'nobody got anything else',
  )
  for (const socket of sockets) socket.end()
  await proxy.connections.ended
  scene.equal(proxy.budget.left, memory, 'all memory is given back')
}

t.test('200 clients at once, slow ones among them, get each their own bytes', t => gets(t, 1 << 26))

t.test('they do when there is no memory for bulk', t => gets(t, 0))
