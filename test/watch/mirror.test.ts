import t, { type Test } from 'tap'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ApiError } from '../../lib/watch/api-error.js'
import { endpoints, endpointSlices, nodeCalled, services } from '../../lib/watch/api-kind.js'
import { Mirror } from '../../lib/watch/mirror.js'
import { field } from '../../lib/watch/raw.js'
import { FakeClock } from '../fake-clock.js'
import { type Script, ScriptedTransport } from './scripted-transport.js'

const item = (name: string, version: number): unknown => ({
  metadata: { namespace: 'shop', name, resourceVersion: String(version) },
})

const listOf = (version: number, names: readonly string[], more = {}): Script => ({
  body: JSON.stringify({
    kind: 'ServiceList',
    metadata: { resourceVersion: String(version), ...more },
    items: names.map(name => item(name, version)),
  }),
})

const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`

const event = (type: string, name: string, version: number): string =>
  line(type, { kind: 'Service', apiVersion: 'v1', ...Object(item(name, version)) })

const status = (code: number, message = ''): string => JSON.stringify({ kind: 'Status', code, message })

const gone: Script = { body: `{"type":"ERROR","object":${status(410, 'too old')}}\n`, end: 'open' }

/** A mirror whose server follows a script, as short texts. */
interface Stage {
  /** The requests so far: `list 0`, `watch 5`. */
  readonly asked: () => readonly string[]
  /** Lets pauses pass until nothing but an open request is left, and says how long they were. */
  readonly play: () => Promise<readonly number[]>
  readonly names: () => string
  readonly events: readonly ProxyEvent[]
  /** `names` at each change. */
  readonly seen: readonly string[]
}

const shortened = (path: string): string => {
  const { searchParams: query } = new URL(path, 'http://localhost')
  const version = query.get('resourceVersion') ?? ''
  const page = [query.has('limit') ? 'limited' : 'unlimited', query.get('continue') ?? ''].join(' ').trim()
  return query.get('watch') === 'true' ? `watch ${version}` : `list ${JSON.stringify(version)} ${page}`
}

const stage = (t: Test, scripts: readonly (Script | Error)[], random = () => 0): Stage => {
  const clock = new FakeClock()
  const stop = new AbortController()
  const events: ProxyEvent[] = []
  const seen: string[] = []
  let idle = false
  const transport = new ScriptedTransport(scripts, () => {
    idle = true
  })
  const mirror = new Mirror({
    ...{ kind: services, transport, clock, random },
    decode: object => field(object, 'metadata', 'resourceVersion'),
    report: reported => events.push(reported),
    changed: () => {
      seen.push(names())
    },
  })
  const names = (): string =>
    [...mirror.values].map(([key, version]) => `${key}@${String(version)}`).join(' ')
  const running = mirror.run(stop.signal)
  t.teardown(() => {
    stop.abort()
    return running
  })
  return {
    asked: () => transport.asked.map(shortened),
    names,
    events,
    seen,
    play: async () => {
      const pauses: number[] = []
      while (!idle) {
        await new Promise(setImmediate)
        const [pause] = clock.waiting
        if (pause === undefined) continue
        pauses.push(Math.round(pause))
        clock.advance(pause)
      }
      return pauses
    },
  }
}

/** The troubles reported, a line each. */
const troubles = ({ events }: Stage): string[] =>
  events.flatMap(each =>
    each.type === 'api-trouble' ? [`${each.during} ${each.trouble}: ${each.reason}; ${each.retryIn}`] : [],
  )

t.test('a list comes first, from the cache, and the watch goes on from its version', async t => {
  const it = stage(t, [listOf(5, ['cart', 'web'])])
  await it.play()
  t.strictSame(it.asked(), ['list "0" limited', 'watch 5'])
  t.equal(it.names(), 'shop/cart@5 shop/web@5')
  t.strictSame(it.events, [{ type: 'listed', resource: 'services', objects: 2 }])
})

t.test('events change one object each, and bookmarks only the version', async t => {
  const it = stage(t, [
    listOf(5, ['cart', 'web']),
    {
      body: [
        event('ADDED', 'new', 6),
        event('MODIFIED', 'web', 7),
        event('DELETED', 'cart', 8),
        line('BOOKMARK', { kind: 'Service', apiVersion: 'v1', metadata: { resourceVersion: '20' } }),
      ],
    },
  ])
  t.strictSame(await it.play(), [1000], 'a short watch is not asked for again at once')
  t.strictSame(it.asked(), ['list "0" limited', 'watch 5', 'watch 20'])
  t.equal(it.names(), 'shop/web@7 shop/new@6')
  t.equal(it.seen.length, 4)
})

t.test('an object that stays as it was is no change', async t => {
  const it = stage(t, [listOf(5, ['cart']), { body: event('MODIFIED', 'cart', 5) }])
  await it.play()
  t.equal(it.seen.length, 1)
})

t.test('an object without a namespace does not replace one whose namespace its name names', async t => {
  const strange = [{ name: 'shop/cart' }, { namespace: 'shop/cart' }, { namespace: 'shop', name: '"cart"' }]
  const lines = strange.map((metadata, index) => {
    const named = { name: '', ...metadata, resourceVersion: String(6 + index) }
    return line('ADDED', { kind: 'Service', apiVersion: 'v1', metadata: named })
  })
  const it = stage(t, [listOf(5, ['cart']), { body: lines }])
  await it.play()
  t.equal(it.names(), String.raw`shop/cart@5 "shop/cart"@6 "shop/cart"/@7 shop/"\"cart\""@8`)
})

t.test('a list comes in pages', async t => {
  const it = stage(t, [
    listOf(5, ['a'], { continue: 'p2' }),
    listOf(5, ['b'], { continue: 'p3' }),
    listOf(5, ['c']),
  ])
  await it.play()
  t.strictSame(it.asked(), ['list "0" limited', 'list "" limited p2', 'list "" limited p3', 'watch 5'])
  t.equal(it.names(), 'shop/a@5 shop/b@5 shop/c@5')
})

t.test('a page that expired under way makes it one whole list', async t => {
  const it = stage(t, [
    listOf(5, ['a', 'old'], { continue: 'p2' }),
    { status: 410, body: status(410) },
    listOf(9, ['a', 'b']),
  ])
  await it.play()
  t.strictSame(it.asked(), ['list "0" limited', 'list "" limited p2', 'list "" unlimited', 'watch 9'])
  t.equal(it.names(), 'shop/a@9 shop/b@9')
  t.strictSame(troubles(it), [])
})

t.test('what vanished while nobody watched is gone after the list, and not before', async t => {
  const it = stage(t, [listOf(5, ['cart', 'web']), gone, listOf(9, ['web'])])
  await it.play()
  t.strictSame(it.asked(), ['list "0" limited', 'watch 5', 'list "5" unlimited', 'watch 9'])
  t.strictSame(it.seen, ['shop/cart@5 shop/web@5', 'shop/web@9'])
})

const makesAList: Readonly<Record<string, { readonly answer: Script; readonly trouble: string }>> = {
  'a version that is gone, said in the stream': {
    answer: gone,
    trouble: 'watch expired: the server answered 410: too old; 800',
  },
  'a version that is gone, said by the status': {
    answer: { status: 410, body: status(410, 'too old') },
    trouble: 'watch expired: the server answered 410: too old; 800',
  },
  'a line that is no JSON': {
    answer: { body: 'Bad Gateway\n', end: 'open' },
    trouble: 'watch garbage: the server sent what is no JSON: "Bad Gateway"; 800',
  },
  'a line without an object': {
    answer: { body: '{"type":"ADDED"}\n', end: 'open' },
    trouble: 'watch garbage: the server sent what is no watch event: "{\\"type\\":\\"ADDED\\"}"; 800',
  },
  'an object of another kind': {
    answer: { body: '{"type":"ADDED","object":{"kind":"Pod"}}\n', end: 'open' },
    trouble:
      'watch garbage: the server sent what is no watch event: "{\\"type\\":\\"ADDED\\",\\"object\\":{\\"kind\\":\\"Pod\\"}}"; 800',
  },
  'a watch that ends at once': {
    answer: {},
    trouble: 'watch refused: the server ended the watch after 0 ms; 800',
  },
}

for (const [what, { answer, trouble }] of Object.entries(makesAList))
  t.test(`${what} makes a new list`, async t => {
    const it = stage(t, [listOf(5, ['cart']), answer, listOf(9, ['web'])])
    await it.play()
    t.strictSame(troubles(it), [trouble])
    t.strictSame(it.asked(), ['list "0" limited', 'watch 5', 'list "5" unlimited', 'watch 9'])
    t.equal(it.names(), 'shop/web@9')
  })

t.test('an event that is older than the one before changes nothing, and makes a new list', async t => {
  const answer: Script = { body: [event('MODIFIED', 'cart', 8), event('DELETED', 'cart', 7)], end: 'open' }
  const it = stage(t, [listOf(5, ['cart']), answer, listOf(9, ['cart'])])
  await it.play()
  t.strictSame(troubles(it), ['watch garbage: the server sent version 7 after 8; 800'])
  t.strictSame(it.asked(), ['list "0" limited', 'watch 5', 'list "8" unlimited', 'watch 9'])
  t.strictSame(it.seen, ['shop/cart@5', 'shop/cart@8', 'shop/cart@9'])
})

t.test('lines after the one that ended a watch do not count', async t => {
  const late = { body: ['nonsense\n', event('ADDED', 'late', 6)] }
  const it = stage(t, [listOf(5, ['cart']), late, listOf(9, ['cart'])])
  await it.play()
  t.equal(it.names(), 'shop/cart@9')
})

const watchesAgain: Readonly<Record<string, Script | Error>> = {
  'a connection that is lost': new ApiError('unreachable', 'ECONNRESET'),
  'a server that fell silent': new ApiError('silent', 'no answer'),
  'a server that has too much to do': { status: 429, body: status(429) },
  'a server in trouble': { status: 503, body: '<html>' },
  'rights that are lost': { status: 403, body: status(403) },
  'a token that ran out': { status: 401, body: status(401) },
}

for (const [what, answer] of Object.entries(watchesAgain))
  t.test(`${what} takes nothing away, and the watch is asked for again`, async t => {
    const it = stage(t, [listOf(5, ['cart']), answer])
    await it.play()
    t.strictSame(it.asked(), ['list "0" limited', 'watch 5', 'watch 5'])
    t.equal(it.names(), 'shop/cart@5')
  })

t.test('a list that is refused is asked for until it is not', async t => {
  const it = stage(t, [
    { status: 403, body: status(403, 'no') },
    new ApiError('unreachable', 'down'),
    listOf(5, []),
  ])
  t.strictSame(await it.play(), [800, 1600])
  t.strictSame(troubles(it), [
    'list forbidden: the server answered 403: no; 800',
    'list unreachable: down; 1600',
  ])
})

t.test('a list from a version that the server does not know becomes a list of the newest', async t => {
  const tooLarge = { status: 504, body: status(504, 'Too large resource version: 5, current: 2') }
  const it = stage(t, [listOf(5, ['cart']), gone, tooLarge, listOf(2, ['old'])])
  await it.play()
  t.strictSame(it.asked().slice(2), ['list "5" unlimited', 'list "" limited', 'watch 2'])
  t.equal(it.names(), 'shop/old@2')
})

const down = (times: number): ApiError[] =>
  Array.from({ length: times }, () => new ApiError('unreachable', 'down'))

t.test('pauses double from 0.8 s to 25 s', async t => {
  t.strictSame(await stage(t, down(8)).play(), [800, 1600, 3200, 6400, 12_800, 25_000, 25_000, 25_000])
})

t.test('pauses are up to twice as long, so that not all come back at once', async t => {
  t.strictSame(await stage(t, down(3), () => 0.5).play(), [1200, 2400, 4800])
})

t.test('a pause that the server asks for is honoured', async t => {
  const busy = { status: 429, retryAfter: '17', body: status(429) }
  t.strictSame(await stage(t, [busy, busy]).play(), [17_000, 17_000])
})

t.test('a mirror of one Node lists and watches that one only', async t => {
  const stop = new AbortController()
  const transport = new ScriptedTransport(
    [{ body: '{"kind":"NodeList","metadata":{"resourceVersion":"5"},"items":[]}' }],
    () => {
      stop.abort()
    },
  )
  await new Mirror({
    ...{ kind: nodeCalled('worker-1.example'), transport, clock: new FakeClock(), random: () => 0 },
    ...{ decode: () => undefined, report: () => undefined, changed: () => undefined },
  }).run(stop.signal)
  const selector = 'fieldSelector=metadata.name%3Dworker-1.example'
  t.strictSame(transport.asked, [
    `/api/v1/nodes?resourceVersion=0&limit=500&${selector}`,
    `/api/v1/nodes?watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=300&${selector}`,
  ])
})

t.test(
  'a server that makes up objects without end is asked for a new list, and takes nothing away',
  async t => {
    const names = Array.from({ length: 500_000 }, (_, index) => `s${index}`)
    const made = { body: [event('MODIFIED', 's1', 6), event('ADDED', 'more', 7)], end: 'open' } as const
    const it = stage(t, [listOf(5, names), made, listOf(9, ['cart'])])
    await it.play()
    t.strictSame(troubles(it), ['watch garbage: the server has more than 500000 services; 800'])
    t.equal(it.names(), 'shop/cart@9')
  },
)

t.test('a server that is not there takes no more than a request a second', async t => {
  const pauses = await stage(t, [
    listOf(1, []),
    ...Array.from({ length: 20 }, () => ({ body: event('ADDED', 'x', 2) })),
  ]).play()
  t.ok(pauses.every(pause => pause >= 1000))
  t.equal(pauses.length, 20)
})

const missing: Script = { status: 404, body: '404 page not found' }
const endpointsList: Script = {
  body: JSON.stringify({
    kind: 'EndpointsList',
    metadata: { resourceVersion: '5' },
    items: [item('cart', 5)],
  }),
}

/** A mirror of slices that makes do with Endpoints; what it asked for and reported until nothing was left to answer. */
const fallback = async (t: Test, scripts: readonly (Script | Error)[]): Promise<readonly string[]> => {
  const clock = new FakeClock()
  const stop = new AbortController()
  const told: string[] = []
  const idle = new Promise<void>(resolve => {
    const transport = new ScriptedTransport(scripts, resolve)
    const mirror = new Mirror<string>({
      ...{ kind: endpointSlices, clock, random: () => 0, decode: () => 'slice', changed: () => undefined },
      transport: {
        watchSeconds: transport.watchSeconds,
        close: () => undefined,
        get: (path, options) => {
          told.push(path.split('?')[0] ?? '')
          return transport.get(path, options)
        },
      },
      instead: { kind: endpoints, decode: () => 'endpoints' },
      report: event => {
        if (event.type === 'older-api') told.push(`${event.instead} instead of ${event.wanted}`)
        if (event.type === 'api-trouble') {
          told.push(`cannot ${event.during} ${event.resource}`)
          setImmediate(() => {
            clock.advance(event.retryIn)
          })
        }
      },
    })
    const running = mirror.run(stop.signal)
    t.teardown(() => {
      stop.abort()
      return running
    })
  })
  await idle
  return told
}

const slicesPath = endpointSlices.path
const endpointsPath = endpoints.path

t.test('a server that has no slices is asked for its Endpoints, for good', async t => {
  t.strictSame(await fallback(t, [missing, endpointsList, gone, endpointsList]), [
    ...[slicesPath, endpointsPath, 'endpoints instead of endpointslices', endpointsPath],
    ...['cannot watch endpoints', endpointsPath, endpointsPath],
  ])
})

t.test('a server that comes late is asked for slices first', async t => {
  const down = new ApiError('unreachable', 'down')
  t.strictSame(await fallback(t, [down, missing, endpointsList]), [
    ...[slicesPath, 'cannot list endpointslices', slicesPath],
    ...[endpointsPath, 'endpoints instead of endpointslices', endpointsPath],
  ])
})

t.test('a server that has neither is asked for slices until it is the right one', async t => {
  const slices = { body: '{"kind":"EndpointSliceList","metadata":{"resourceVersion":"5"},"items":[]}' }
  t.strictSame(await fallback(t, [missing, missing, slices]), [
    ...[slicesPath, endpointsPath, 'cannot list endpointslices', slicesPath, slicesPath],
  ])
})

t.test('slices that were there once are not given up for a 404', async t => {
  const slices = { body: '{"kind":"EndpointSliceList","metadata":{"resourceVersion":"5"},"items":[]}' }
  t.strictSame(await fallback(t, [slices, missing, missing, slices]), [
    ...[slicesPath, slicesPath, 'cannot watch endpointslices'],
    ...[slicesPath, 'cannot list endpointslices', slicesPath, slicesPath],
  ])
})
