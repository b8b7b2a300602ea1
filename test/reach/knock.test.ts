import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { errorCode } from '../../lib/model/error-text.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { knock, type KnockOptions } from '../../lib/reach/knock.js'
import { FakeClock } from '../fake-clock.js'

const loopback = ipAddress('127.0.0.1')

const listening = async (t: Test): Promise<{ readonly server: Server; readonly endpoint: Endpoint }> => {
  const server = createServer({ allowHalfOpen: true }).listen(0, loopback)
  t.teardown(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  return { server, endpoint: { address: loopback, port: port(address.port) } }
}

const accepted = (server: Server): Promise<Socket> =>
  new Promise(resolve => server.once('connection', socket => resolve(socket.on('error', () => undefined))))

/** The code of the error that a socket ends with. */
const failure = (socket: Socket): Promise<string | undefined> =>
  new Promise(resolve => socket.once('error', error => resolve(errorCode(error))))

const options = (): KnockOptions & { readonly locals: number[] } => {
  const locals: number[] = []
  const clock = new FakeClock()
  return { clock, timeout: milliseconds(1000), opened: ({ port }) => locals.push(port), locals }
}

t.test('who accepts hears nothing but an end, and can tell who came', async t => {
  const { server, endpoint } = await listening(t)
  const arrival = accepted(server)
  const knocking = options()
  const knocked = knock(endpoint, knocking)
  await knocked.answered
  const socket = await arrival
  t.strictSame(knocking.locals, [socket.remotePort])
  socket.on('data', () => t.fail('it says something'))
  await once(socket, 'end')
  knocked.close()
  knocked.close()
  const failed = failure(socket)
  socket.write('is anybody there?')
  t.match(await failed, /ECONNRESET|EPIPE/)
})

t.test('one that is closed before it is answered leaves nothing behind', async t => {
  const { server, endpoint } = await listening(t)
  const arrival = accepted(server)
  const knocked = knock(endpoint, options())
  knocked.close()
  knocked.close()
  await t.rejects(knocked.answered, { code: 'ABORT_ERR' })
  // The kernel may have accepted it meanwhile; then it is reset.
  server.close()
  await Promise.race([once(server, 'close'), arrival.then(socket => once(socket.resume(), 'close'))])
})

t.test('where nobody listens, the code says so', async t => {
  const { server, endpoint } = await listening(t)
  server.close()
  await once(server, 'close')
  const { answered } = knock(endpoint, options())
  await t.rejects(answered, { code: 'ECONNREFUSED' })
})
