import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { reset } from '../../lib/dataplane/reset.js'
import { bytes, endpointThat, fateOf } from './stage.js'

/** Two sockets, connected to each other. */
const pairOf = async (scene: Test): Promise<{ readonly near: Socket; readonly far: Socket }> => {
  let arrive: (socket: Socket) => void = () => undefined
  const arrival = new Promise<Socket>(resolve => (arrive = resolve))
  const { address, port } = await endpointThat(scene, socket => arrive(socket))
  const near = connect({ host: address, port, allowHalfOpen: true })
  scene.teardown(() => near.destroy())
  await once(near, 'connect')
  return { near, far: await arrival }
}

t.test('the other side sees a reset', async t => {
  const { near, far } = await pairOf(t)
  reset(near)
  t.equal(await fateOf(far), 'ECONNRESET')
})

t.test('a socket whose end is just on its way is closed without an error', async t => {
  const { near, far } = await pairOf(t)
  const fate = fateOf(far)
  near.end()
  reset(near)
  // Rejects if there is an error before.
  await once(near, 'close')
  // EPIPE is how Linux calls a reset behind an end.
  t.match(await fate, /^(EPIPE|ECONNRESET)$/)
})

t.test('a socket that has bytes and its end to send is reset at once', async t => {
  const { near, far } = await pairOf(t)
  const fate = fateOf(far)
  near.end(bytes(1 << 24))
  reset(near)
  await once(near, 'close')
  t.equal(await fate, 'ECONNRESET')
})

t.test('a socket that is closed already stays as it is', async t => {
  const { near } = await pairOf(t)
  near.destroy()
  reset(near)
  await once(near, 'close')
})
