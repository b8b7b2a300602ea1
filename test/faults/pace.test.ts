import t, { type Test } from 'tap'
import { ApiError } from '../../lib/watch/api-error.js'
import { ApiSource } from '../../lib/watch/api-source.js'
import type { Transport } from '../../lib/watch/transport.js'
import { FakeClock } from '../fake-clock.js'
import { type Script, ScriptedTransport } from '../watch/scripted-transport.js'
import { status } from './faults.js'

const minute = 60_000

type Answer = Script | Error

/** How a server answers: to lists, to the further pages of lists, and to watches. */
interface Server {
  readonly list: Answer
  readonly page?: Answer
  /** To lists without pages. */
  readonly whole?: Answer
  readonly watch: Answer
}

/** Which of them a request is for. */
const partOf = (path: string): keyof Server => {
  if (path.includes('watch=true')) return 'watch'
  if (path.includes('continue=')) return 'page'
  return path.includes('limit=') ? 'list' : 'whole'
}

interface Request {
  readonly at: number
  /** `services`. */
  readonly resource: string
}

const kinds: Readonly<Record<string, string>> = {
  services: 'ServiceList',
  endpointslices: 'EndpointSliceList',
  nodes: 'NodeList',
}

const listOf = (resource: string, metadata: object = {}): Script => ({
  body: JSON.stringify({
    kind: kinds[resource] ?? 'List',
    metadata: { resourceVersion: '5', ...metadata },
    items: [],
  }),
})

/** The bodies `list` and `pages` stand for lists: a whole one, and one that has more, with or without anything on it. */
const named = (answer: Answer, resource: string, pages: boolean): Answer => {
  if (answer instanceof Error) return answer
  if (answer.body === 'list' || (answer.body === 'pages' && !pages)) return listOf(resource)
  return answer.body === 'pages' ? listOf(resource, { continue: 'more' }) : answer
}

/** A source, and what it asks of a server that may become another one. */
interface Play {
  readonly clock: FakeClock
  readonly source: ApiSource
  readonly requests: readonly Request[]
  server: Server
}

/** Starts a source, which reads all once and then goes on, as `run` has it. It ends with the test. */
const play = async (t: Test, server: Server, random: () => number = () => 0): Promise<Play> => {
  const clock = new FakeClock()
  const requests: Request[] = []
  const get: Transport['get'] = (path, options) => {
    const resource = /\/(\w+)(?:\?|$)/.exec(path)?.[1] ?? ''
    requests.push({ at: clock.now(), resource })
    const answer = it.server[partOf(path)] ?? it.server.list
    return new ScriptedTransport([named(answer, resource, path.includes('limit='))]).get(path, options)
  }
  const source = new ApiSource({
    ...{ clock, random, report: () => undefined },
    translation: { nodeName: 'worker', families: ['IPv4'], serviceCidrs: [] },
    transport: { watchSeconds: [300, 600], close: () => undefined, get },
  })
  const it: Play = { clock, source, requests, server }
  await source.readOnce(new AbortController().signal).catch(() => undefined)
  source.start(() => undefined)
  t.teardown(() => source.close())
  return it
}

/** The most requests for one resource within any 10 s. */
const most = (requests: readonly Request[]): number =>
  Math.max(
    ...requests.map(
      ({ at, resource }) =>
        requests.filter(each => each.resource === resource && each.at >= at && each.at < at + 10_000).length,
    ),
  )

const list: Script = { body: 'list' }
const open: Script = { end: 'open' }
const gone: Script = { body: `{"type":"ERROR","object":${status(410, 'too old')}}\n`, end: 'open' }
const refused = (code: number): Script => ({ status: code, body: status(code, 'no') })
const servers: Readonly<Record<string, Server>> = {
  'is not there': { list: new ApiError('unreachable', 'down'), watch: open },
  'refuses every list': { list: refused(503), watch: open },
  'has too much to do, and does not say for how long': { list: refused(429), watch: refused(429) },
  'forgets every version at once, in the stream': { list, watch: gone },
  'forgets every version at once, by the status': { list, watch: refused(410) },
  'forgets versions for lists, too': { list: refused(410), watch: gone },
  'ends every watch at once': { list, watch: {} },
  'sends garbage to watchers': { list, watch: { body: 'x\n', end: 'open' } },
  'sends garbage to all': { list: { body: 'x' }, watch: open },
  'cuts every line': { list, watch: { body: '{"type":' } },
  'forgets its pages': { list: { body: 'pages' }, page: refused(410), watch: gone },
  'forgets its pages, and has no whole list': {
    list: { body: 'pages' },
    page: refused(410),
    whole: refused(410),
    watch: gone,
  },
  'gives page after page, with nothing on them': {
    list: { body: 'pages' },
    page: { body: 'pages' },
    watch: open,
  },
}

for (const [what, server] of Object.entries(servers))
  t.test(`a server that ${what} is asked at most once a second for each kind`, async t => {
    const { clock, requests } = await play(t, server)
    await clock.pass(2 * minute)
    const count = most(requests)
    t.ok(count <= 10, `${count} within 10 s`)
  })

const away: Server = { list: new ApiError('unreachable', 'down'), watch: new ApiError('unreachable', 'down') }
const well: Server = { list, watch: open }

t.test('a server that is away for 10 minutes is asked at most 30 times for each kind', async t => {
  const { clock, requests } = await play(t, away)
  await clock.pass(10 * minute)
  for (const resource of [...Object.keys(kinds), 'servicecidrs']) {
    const count = requests.filter(each => each.resource === resource).length
    t.ok(count <= 30, `${resource}: ${count}`)
  }
})

t.test(
  'when a server comes after 10 minutes, all is known within a minute, however the dice fall',
  async t => {
    for (const random of [0, 0.5, 0.999]) {
      const it = await play(t, away, () => random)
      await it.clock.pass(10 * minute)
      t.notOk(it.source.ready)
      it.server = well
      await it.clock.pass(55_000)
      t.ok(it.source.ready)
    }
  },
)

t.test('when one kind is answered again, the others are asked for at once', async t => {
  const dice = [0.1, 0.9, 0.3, 0.7, 0.5]
  const it = await play(t, away, () => {
    const first = dice.shift() ?? 0
    dice.push(first)
    return first
  })
  await it.clock.pass(5 * minute)
  it.server = well
  const [next = 0] = it.clock.waiting
  t.ok((it.clock.waiting.at(-1) ?? 0) > next + 2000, 'otherwise some would wait for long')
  await it.clock.pass(next)
  t.ok(it.source.ready)
})
