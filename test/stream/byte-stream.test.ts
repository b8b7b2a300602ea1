import { once } from 'node:events'
import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { accept, acceptSockets } from '../../lib/stream/accept.js'
import { Budget } from '../../lib/stream/budget.js'
import type { ByteStream } from '../../lib/stream/byte-stream.js'
import { connect, connectDuplex } from '../../lib/stream/connect.js'
import { tcpHandles } from '../../lib/stream/tcp-handle.js'
import { bytes } from '../dataplane/stage.js'
import { Recorder } from './recorder.js'

/** Both ways to make streams keep the same promises. */
const makers = { handles: { connect, accept }, sockets: { connect: connectDuplex, accept: acceptSockets } }
type Maker = keyof typeof makers

const memory = 1 << 26

interface Pair {
  readonly near: Recorder
  readonly far: Recorder
  readonly budget: Budget
}

/** The two ends of a connection. */
const pairOf = async (scene: Test, maker: Maker): Promise<Pair> => {
  const budget = new Budget(memory)
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  const arrival = new Promise<Recorder>(resolve => {
    const arrived = ({ stream }: { readonly stream: ByteStream }): void => resolve(new Recorder(stream))
    if (maker === 'handles') accept(server, budget, arrived)
    else acceptSockets(server, arrived)
  })
  const near = await new Promise<Recorder>((resolve, reject) => {
    makers[maker].connect(
      { address: ipAddress('127.0.0.1'), port: port(address.port) },
      {
        budget,
        connected: stream => resolve(new Recorder(stream)),
        failed: code => reject(new Error(code)),
        opened: () => undefined,
      },
    )
  })
  const far = await arrival
  scene.teardown(() => {
    server.close()
    near.stream.reset()
    far.stream.reset()
  })
  return { near, far, budget }
}

t.test('this Node has the handles that we know', t => {
  t.ok(tcpHandles)
  t.end()
})

for (const maker of ['handles', 'sockets'] as const) {
  const test = (name: string, run: (t: Test, pair: Pair) => Promise<void>): void =>
    void t.test(`${name} (${maker})`, async t => run(t, await pairOf(t, maker)))

  test('bytes arrive, and each end goes by itself', async (t, { near, far }) => {
    t.equal(near.stream.write(Buffer.from('hello')), true)
    near.stream.end()
    await far.untilTold(/^ended$/)
    t.equal(String(far.bytes), 'hello')
    far.stream.write(Buffer.from('and bye'))
    far.stream.end()
    await Promise.all([near.untilTold(/^closed$/), far.untilTold(/^closed$/)])
    t.equal(String(near.bytes), 'and bye')
    t.strictSame(
      [near.told, far.told],
      [
        ['ended', 'closed'],
        ['ended', 'closed'],
      ],
    )
  })

  test('what the kernel does not take at once is drained later', async (t, { near, far }) => {
    far.stream.pause()
    const sent = bytes(1 << 24)
    t.equal(near.stream.unsent, 0)
    t.equal(near.stream.write(sent), false)
    t.ok(near.stream.unsent > 0 && near.stream.unsent <= sent.length)
    near.stream.end()
    far.stream.resume()
    await far.untilTold(/^ended$/)
    t.ok(far.bytes.equals(sent))
  })

  test('a writer that goes on is told when it may', async (t, { near, far }) => {
    t.equal(near.stream.write(bytes(1 << 24, 1)), false)
    await near.untilTold(/^drained$/)
    near.stream.write(Buffer.from('x'))
    near.stream.end()
    await far.untilTold(/^ended$/)
    t.equal(far.bytes.length, (1 << 24) + 1)
  })

  test('a receiver that takes no more gets no more until it says so', async (t, { near, far }) => {
    far.limit = 1
    near.stream.write(Buffer.from('one'))
    await far.until(() => far.bytes.length > 0)
    near.stream.write(Buffer.from('two'))
    near.stream.end()
    // The other direction is a way to be sure that this one had its time.
    far.stream.write(Buffer.from('?'))
    await near.until(() => near.bytes.length > 0)
    t.equal(String(far.bytes), 'one')
    far.limit = Infinity
    far.stream.resume()
    await far.untilTold(/^ended$/)
    t.equal(String(far.bytes), 'onetwo')
  })

  test('a reset is told as a failure, and nothing after it', async (t, { near, far }) => {
    near.stream.reset()
    await far.untilTold(/^closed/)
    t.match(far.told, [/^closed ECONNRESET$/])
    t.strictSame(near.told, ['closed'])
    far.stream.write(Buffer.from('x'))
    far.stream.end()
    far.stream.reset()
    await new Promise(setImmediate)
    t.equal(far.told.length, 1)
  })

  test('a reset right behind bytes is no end', async (t, { near, far }) => {
    near.stream.write(Buffer.from('half of the ans'))
    near.stream.reset()
    await far.untilTold(/^closed/)
    t.match(far.told.at(-1), /^closed (ECONNRESET|EPIPE)$/)
    t.notOk(far.told.includes('ended'))
  })

  test('a stream whose end is just on its way is closed without an error', async (t, { near, far }) => {
    near.stream.end()
    near.stream.reset()
    await Promise.all([near.untilTold(/^closed/), far.untilTold(/^(closed|ended)/)])
    t.match(near.told, [/^closed$/])
  })

  test('a stream that has bytes and its end to send is reset at once', async (t, { near, far }) => {
    far.stream.pause()
    near.stream.write(bytes(1 << 24))
    near.stream.end()
    near.stream.reset()
    far.stream.resume()
    await far.untilTold(/^closed/)
    t.match(far.told.at(-1), /^closed ECONNRESET$/)
  })

  test('a reset is no end while bytes wait to be sent the other way', async (t, { near, far }) => {
    near.stream.pause()
    t.equal(far.stream.write(bytes(1 << 24)), false)
    near.stream.write(Buffer.from('half of the ans'))
    near.stream.reset()
    await far.untilTold(/^closed/)
    t.match(far.told, [/^closed (ECONNRESET|EPIPE)$/])
  })

  test('a peer that resets after its end, instead of taking the rest, is a failure', async (t, {
    near,
    far,
  }) => {
    near.stream.pause()
    near.stream.end()
    await far.untilTold(/^ended$/)
    t.equal(far.stream.write(bytes(1 << 24)), false)
    near.stream.reset()
    await far.untilTold(/^closed/)
    t.match(far.told, ['ended', /^closed (ECONNRESET|EPIPE)$/])
  })

  test('an end that cannot be sent any more is told as a failure', async (t, { near, far }) => {
    far.stream.pause()
    near.stream.reset()
    far.stream.end()
    await far.untilTold(/^closed/)
    t.match(far.told, [/^closed (ENOTCONN|ECONNRESET|EPIPE)$/])
  })

  test('an end is told once, whatever is stopped and resumed after it', async (t, { near, far }) => {
    near.stream.end()
    await far.untilTold(/^ended$/)
    far.stream.pause()
    far.stream.resume()
    far.stream.write(Buffer.from('the loop turns'))
    await near.until(() => near.bytes.length > 0)
    t.strictSame(far.told, ['ended'])
  })

  test('another receiver is told from then on', async (t, { near, far }) => {
    const second: string[] = []
    let done: () => void = () => undefined
    const ended = new Promise<void>(resolve => (done = resolve))
    far.stream.readTo({
      read: read => second.push(String(read)) > 0,
      ended: () => done(),
      drained: () => undefined,
      closed: () => undefined,
    })
    near.stream.write(Buffer.from('hello'))
    near.stream.end()
    await ended
    t.strictSame(second, ['hello'])
    t.strictSame(far.told, [])
  })

  test('a peer that speaks first and ends first still hears', async (t, { near, far }) => {
    far.stream.end()
    await near.untilTold(/^ended$/)
    const answer = bytes(1 << 20)
    if (!near.stream.write(answer)) await near.untilTold(/^drained$/)
    near.stream.end()
    await far.untilTold(/^closed$/)
    t.ok(far.bytes.equals(answer))
  })

  test('memory for bulk is given back when it is over', async (t, { near, far, budget }) => {
    near.stream.write(bytes(1 << 24))
    await far.until(() => far.bytes.length > 1 << 20)
    if (maker === 'handles') t.ok(budget.left < memory)
    far.stream.reset()
    t.equal(budget.left, memory)
  })

  test('a stream that is reset by whom it tells of bulk keeps no memory', async (t, {
    near,
    far,
    budget,
  }) => {
    const reading = new Promise<void>(resolve => {
      far.stream.readTo({
        read: () => {
          far.stream.reset()
          resolve()
          return true
        },
        ...{ ended: () => undefined, drained: () => undefined, closed: () => undefined },
      })
    })
    near.stream.write(bytes(1 << 20))
    await reading
    await near.untilTold(/^closed/)
    t.equal(budget.left, memory)
  })

  t.test(`whoever gives up before the connection stands leaves nothing (${maker})`, async t => {
    const told: string[] = []
    const giveUp = makers[maker].connect(
      { address: ipAddress('127.0.0.1'), port: port(9) },
      {
        budget: new Budget(0),
        connected: () => told.push('connected'),
        failed: code => told.push(code),
        opened: () => undefined,
      },
    )
    giveUp()
    giveUp()
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    t.strictSame(told, [])
  })
}

t.test('memory for bulk is given back with the first little read that nobody keeps', async t => {
  const { near, far, budget } = await pairOf(t, 'handles')
  const reads = async (size: number): Promise<void> => {
    const before = far.bytes.length
    near.stream.write(bytes(size))
    await far.until(() => far.bytes.length === before + size)
    await new Promise(setImmediate)
  }
  await reads(1 << 20)
  t.ok(budget.left < memory)
  far.limit = 0
  await reads(100)
  t.ok(budget.left < memory, 'what was read is still in it')
  far.limit = Infinity
  far.stream.resume()
  await reads(100)
  t.equal(budget.left, memory)
})
