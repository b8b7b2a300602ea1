import t from 'tap'
import { bytes, endpointThat, Proxy, received } from '../../dataplane/stage.js'
import { Api, reachThrough } from './stage.js'

t.test('a client gets what a pod says, and its end', async t => {
  const api = await Api.start(t)
  const answer = bytes(1_000_000)
  const pod = await endpointThat(t, socket => socket.once('data', () => socket.end(answer)))
  const proxy = await Proxy.start(t, { endpoints: [pod], reach: reachThrough(api) })
  const client = await proxy.client()
  client.write('GET / HTTP/1.0\r\n\r\n')
  t.ok((await received(client)).equals(answer))
  client.end()
  const { how, sent } = await proxy.event('disconnected')
  t.strictSame({ how, sent }, { how: 'ended', sent: 18 })
  await api.quiet()
})
