import { once } from 'node:events'
import type { Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { Clock } from '../../../lib/model/clock.js'
import { seconds } from '../../../lib/model/milliseconds.js'
import { realClock } from '../../../lib/cli/real-clock.js'
import type { ByteStream } from '../../../lib/stream/byte-stream.js'
import { bytes, endpointThat } from '../../dataplane/stage.js'
import { FakeClock, settled } from '../../fake-clock.js'
import { Recorder } from '../../stream/recorder.js'
import { Api, reachThrough, servicePort } from './stage.js'

interface Ends {
  readonly api: Api
  /** Ours. */
  readonly near: Recorder
  /** The pod's. */
  readonly pod: Socket
}

/** A connection to a pod. */
const connected = async (t: Test, clock: Clock = realClock): Promise<Ends> => {
  const api = await Api.start(t)
  let dialled: Promise<ByteStream> | undefined
  const pod = await new Promise<Socket>((resolve, reject) => {
    void endpointThat(t, resolve).then(endpoint => {
      dialled = reachThrough(api, { clock }).dial(endpoint, { timeout: seconds(5), servicePort }).stream
      dialled.catch(reject)
    })
  })
  pod.write('hello')
  if (!dialled) throw new Error('nobody has dialled')
  const near = new Recorder(await dialled)
  await near.until(() => near.bytes.length === 5)
  return { api, near, pod }
}

t.test('our end is kept back until the pod ends', async t => {
  const { api, near, pod } = await connected(t)
  let ended = false
  pod.on('end', () => (ended = true))
  t.equal(near.stream.write(Buffer.from('and you')), true)
  near.stream.end()
  t.equal(String((await once(pod, 'data'))[0]), 'and you')
  pod.write(' again')
  await near.until(() => String(near.bytes) === 'hello again')
  t.notOk(ended)
  pod.end(', and bye')
  await near.untilTold(/^closed$/)
  t.equal(String(near.bytes), 'hello again, and bye')
  t.strictSame(near.told, ['ended', 'closed'])
  await api.quiet()
})

t.test("the pod's end is told behind all that it has sent, and then ours closes", async t => {
  const { api, near, pod } = await connected(t)
  near.stream.pause()
  const sent = bytes(300_000)
  pod.end(sent)
  await api.quiet()
  t.strictSame(near.told, [])
  near.stream.resume()
  await near.untilTold(/^ended$/)
  t.ok(near.bytes.subarray(5).equals(sent))
  near.stream.end()
  t.strictSame(near.told, ['ended', 'closed'])
})

t.test('what is written after the end of the pod breaks the connection', async t => {
  const { api, near, pod } = await connected(t)
  pod.end()
  await near.untilTold(/^ended$/)
  near.stream.write(Buffer.from('too late'))
  t.strictSame(near.told, ['ended', 'closed EPIPE'])
  await api.quiet()
})

t.test('a pod that resets is a failure', async t => {
  const { api, near, pod } = await connected(t)
  pod.resetAndDestroy()
  await near.untilTold(/^closed/)
  t.strictSame(near.told, ['closed ECONNRESET'])
  await api.quiet()
})

t.test('an API server that dies is a failure, and no end', async t => {
  const { api, near } = await connected(t)
  api.kill()
  await near.untilTold(/^closed/)
  t.strictSame(near.told, ['closed ECONNRESET'])
})

t.test('an API server that has vanished is a failure after 45 s', async t => {
  const clock = new FakeClock()
  const { api, near } = await connected(t, clock)
  api.freeze()
  clock.advance(seconds(30))
  t.strictSame(near.told, [])
  clock.advance(seconds(15))
  t.strictSame(near.told, ['closed ETIMEDOUT'])
  t.equal(clock.alarms, 0)
})

t.test('a quiet connection goes on as long as pings are answered', async t => {
  const clock = new FakeClock()
  const { near, pod } = await connected(t, clock)
  pod.pipe(pod)
  clock.advance(seconds(15))
  for (let ping = 0; ping < 3; ping += 1) {
    clock.advance(seconds(15))
    // The answer to this comes behind the one to the ping.
    near.stream.write(Buffer.from('.'))
    await near.until(() => near.bytes.length === 6 + ping)
    clock.advance(seconds(15))
  }
  t.strictSame(near.told, [])
  near.stream.reset()
})

t.test('a reset ends both sides, and may come twice', async t => {
  const { api, near, pod } = await connected(t)
  near.stream.reset()
  near.stream.reset()
  t.strictSame(near.told, ['closed'])
  await once(pod, 'end')
  await api.quiet()
  t.equal(near.stream.write(Buffer.from('nobody')), true)
})

t.test('who reads nothing holds the pod back', async t => {
  const { near, pod } = await connected(t)
  near.stream.pause()
  const sent = bytes(1 << 25)
  const taken = new Promise<void>(resolve => pod.end(sent, resolve))
  // The other direction goes on, and so time passes.
  for (let turn = 0; turn < 50; turn += 1) {
    near.stream.write(Buffer.from('.'))
    await once(pod, 'data')
  }
  t.ok(pod.writableLength > 0)
  t.equal(near.bytes.length, 5)
  near.stream.resume()
  await taken
  await near.untilTold(/^ended$/)
  t.ok(near.bytes.subarray(5).equals(sent))
})

t.test('a pod that reads nothing holds us back', async t => {
  const { near, pod } = await connected(t)
  pod.pause()
  const sent = bytes(1 << 25)
  t.equal(near.stream.unsent, 0)
  t.equal(near.stream.write(Buffer.from('.')), true)
  t.equal(near.stream.write(sent), false)
  t.ok(near.stream.unsent > 1 << 20)
  // Told now is that the first bytes have gone.
  await settled()
  t.strictSame(near.told, [])
  const chunks: Buffer[] = []
  pod.on('data', (chunk: Buffer) => chunks.push(chunk))
  pod.resume()
  await near.untilTold(/^drained$/)
  near.stream.reset()
  await once(pod, 'end')
  t.ok(Buffer.concat(chunks).subarray(1).equals(sent))
})
