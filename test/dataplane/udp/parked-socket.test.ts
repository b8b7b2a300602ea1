import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { ParkedSocket } from '../../../lib/dataplane/udp/parked-socket.js'

t.test('what came before somebody takes a socket is his, in its order, as is what comes after', async t => {
  const socket = createSocket('udp4')
  const parked = new ParkedSocket(socket)
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const client = createSocket('udp4')
  t.teardown(() => {
    client.close()
    parked.close()
  })
  const send = async (text: string): Promise<void> => {
    const came = once(socket, 'message')
    client.send(text, socket.address().port, '127.0.0.1')
    await came
  }
  const taken: string[] = []
  await send('read here')
  parked.receive(Buffer.from('read elsewhere'), { address: '127.0.0.1', port: 1 })
  parked.take(datagram => taken.push(datagram.toString()))
  await send('later')
  parked.receive(Buffer.from('later elsewhere'), { address: '127.0.0.1', port: 1 })
  t.strictSame(taken, ['read here', 'read elsewhere', 'later', 'later elsewhere'])
})
