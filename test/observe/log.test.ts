import { PassThrough, Writable } from 'node:stream'
import t from 'tap'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { servicePortId } from '../../lib/model/service-port.js'
import { type LogOptions, openLog } from '../../lib/observe/log.js'
import { FakeClock } from '../fake-clock.js'

const event = {
  type: 'synced',
  servicePorts: 1,
  opened: 1,
  closed: 0,
  written: [],
  duration: milliseconds(5),
} as const

const turnedAway: ProxyEvent = {
  ...{ type: 'turned-away', connection: 1, client: ipAddress('10.244.0.7'), reason: 'no endpoint' },
  servicePort: servicePortId({ namespace: 'shop', service: 'cart', port: '', protocol: 'TCP' }),
}

const rules: ProxyEvent = { type: 'rules-written', family: 'IPv4', text: '*nat\n-A A -j B\nCOMMIT\n' }

/** Somebody who reads at once. */
class Reader extends Writable {
  #lines: string[] = []

  /** What was read since the last look. */
  get news(): readonly string[] {
    return this.#lines.splice(0)
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#lines.push(...(chunk.toString().match(/.+/g) ?? []))
    done()
  }
}

const logged = (options: Omit<LogOptions, 'stream'>): string => {
  const stream = new PassThrough()
  const log = openLog({ ...options, stream })
  log.event({ type: 'listed', resource: 'nodes', objects: 1 })
  log.event(event)
  log.event(rules)
  log.warn('watch out')
  return String(stream.read())
}

t.test('text lines have a time, a level and a sentence, and nothing above the verbosity', async t => {
  t.match(
    logged({ format: 'text', verbosity: 0 }),
    /^\S+Z info {2}synced 1 service port: 1 opened, 0 closed, rules in place, in 5 ms\n\S+Z warn {2}watch out\n$/,
  )
})

t.test('more verbosity shows more', async t => {
  t.match(logged({ format: 'text', verbosity: 1 }), /^\S+Z info {2}listed nodes: 1 object\n/)
})

t.test('JSON lines carry the event with all its fields', async t => {
  const [line = ''] = logged({ format: 'json', verbosity: 0 }).split('\n')
  t.match(JSON.parse(line), { level: 'info', message: /^synced/, event })
})

t.test(
  "systemd's journal is told how grave each line is, and no time; of rules, too, as they were written",
  async t => {
    t.equal(
      logged({ format: 'text', verbosity: 2, reader: 'journal' }),
      `<6>listed nodes: 1 object
<6>synced 1 service port: 1 opened, 0 closed, rules in place, in 5 ms
<6>wrote IPv4 rules:
<6>*nat
<6>-A A -j B
<6>COMMIT
<4>watch out
`,
    )
    const [, line = ''] = logged({ format: 'json', verbosity: 2, reader: 'journal' }).split('\n')
    t.equal(line.slice(0, 3), '<6>')
    t.match(JSON.parse(line.slice(3)), { event })
  },
)

for (const format of ['text', 'json'] as const)
  t.test(`a flood of clients fills no disk, and hides nothing else (${format})`, async t => {
    const stream = new Reader()
    const clock = new FakeClock()
    const log = openLog({ format, verbosity: 3, stream, clock })
    for (let client = 0; client < 5000; client += 1) log.event(turnedAway)
    log.event(event)
    const first = stream.news
    t.equal(first.length, 2001)
    t.match(first.at(-1), /synced 1 service port/)
    clock.advance(seconds(10))
    t.match(stream.news, [/lines about single clients left out, beyond 2000 in 10 s: 3000/])
    log.event(turnedAway)
    t.match(stream.news, [/no endpoint/])
    clock.advance(seconds(10))
    t.strictSame(stream.news, [], 'nothing was left out since')
    for (let client = 0; client < 2001; client += 1) log.event(turnedAway)
    log.close()
    t.match(stream.news.at(-1), /left out, beyond 2000 in 10 s: 1\b/, 'and at the end nothing is kept back')
    t.equal(clock.alarms, 0)
  })

t.test('what nobody would read is not counted as left out', async t => {
  const stream = new Reader()
  const log = openLog({ format: 'text', verbosity: 2, stream, clock: new FakeClock() })
  for (let client = 0; client < 5000; client += 1) log.event(turnedAway)
  log.close()
  t.strictSame(stream.news, [])
})

t.test('a reader that stands still costs 32 MB, and is told then how much it has missed', async t => {
  const waiting: (() => void)[] = []
  const read: string[] = []
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      read.push(chunk.toString())
      waiting.push(done)
    },
  })
  const log = openLog({ format: 'text', verbosity: 0, stream })
  for (let line = 0; line < 500; line += 1) log.warn('x'.repeat(100_000))
  const { writableLength: waits } = stream
  t.ok(waits > 33_000_000 && waits < 34_000_000, `${waits} bytes wait`)
  const goOn = async (): Promise<void> => {
    for (const done of waiting.splice(0)) done()
    await new Promise(setImmediate)
  }
  while (read.at(-1)?.includes('left out') !== true) await goOn()
  const missed = 500 - (read.length - 1)
  t.match(read.at(-1), `lines left out, as nobody read them as fast as they were written: ${missed}\n`)
  await goOn()
  log.warn('here again')
  t.match(read.at(-1), /here again\n$/)
})
