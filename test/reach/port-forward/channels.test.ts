import t from 'tap'
import { Channels, frameOf } from '../../../lib/reach/port-forward/channels.js'

const data = (...bytes: readonly number[]): Uint8Array => Uint8Array.from([0, ...bytes])
const error = (text: string): Uint8Array => Buffer.from(`\u0001${text}`, 'latin1')

const port = [0x50, 0x00] as const
const [begunData, begunError] = [data(...port), error('P\u0000')]

/** What is told of `frames`, in order. */
const told = (...frames: readonly Uint8Array[]): readonly string[] => {
  const all: string[] = []
  const channels = new Channels({
    begun: () => all.push('begun'),
    read: bytes => all.push(`read ${bytes.join(' ')}`),
    failed: reason => all.push(`failed: ${reason}`),
  })
  for (const frame of frames) channels.read(frame)
  return all
}

t.test('a port-forward has begun when both channels have said their port', t => {
  t.strictSame(told(begunData), [])
  t.strictSame(told(begunData, begunError), ['begun'])
  t.strictSame(told(begunError, begunData), ['begun'])
  t.end()
})

t.test('bytes and errors follow the port', t => {
  t.strictSame(told(begunData, begunError, data(1, 2), data(3), error('lost')), [
    ...['begun', 'read 1 2', 'read 3', 'failed: lost'],
  ])
  t.end()
})

t.test('the port may come in pieces, or with what follows it', t => {
  t.strictSame(told(data(0x50), data(), begunError, data(0x00), data(7)), ['begun', 'read 7'])
  t.strictSame(told(begunError, data(...port, 7, 8)), ['begun', 'read 7 8'])
  t.strictSame(told(begunData, error('P\u0000gone')), ['begun', 'failed: gone'])
  t.end()
})

t.test('frames of other channels, empty ones, and those without a channel say nothing', t => {
  t.strictSame(told(Uint8Array.of(), Uint8Array.of(2, 1, 1), Uint8Array.of(255), begunData, data()), [])
  t.end()
})

t.test('what goes to the pod goes on the first channel', t => {
  t.strictSame([...frameOf(Uint8Array.of(7, 8))], [0, 7, 8])
  t.end()
})
