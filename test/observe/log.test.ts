import { PassThrough } from 'node:stream'
import t from 'tap'
import { milliseconds } from '../../lib/model/milliseconds.js'
import { type LogOptions, openLog } from '../../lib/observe/log.js'

const event = {
  type: 'synced',
  servicePorts: 1,
  opened: 1,
  closed: 0,
  written: [],
  duration: milliseconds(5),
} as const

const logged = (options: Omit<LogOptions, 'stream'>): string => {
  const stream = new PassThrough()
  const log = openLog({ ...options, stream })
  log.event({ type: 'listed', resource: 'nodes', objects: 1 })
  log.event(event)
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
