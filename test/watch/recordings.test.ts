import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { ApiError } from '../../lib/watch/api-error.js'
import { keyOf } from '../../lib/watch/followed.js'
import { Mirror } from '../../lib/watch/mirror.js'
import { field } from '../../lib/watch/raw.js'
import { FakeClock } from '../fake-clock.js'
import { bare, itemsOf, type Recording, recordings } from './recording.js'
import { type Script, ScriptedTransport } from './scripted-transport.js'

const gone = '{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","code":410,"reason":"Expired"}}\n'

const sorted = (objects: ReadonlyMap<string, unknown>): unknown =>
  [...objects].sort(([a], [b]) => (a < b ? -1 : 1))

const versionAfter = ({ list, lines }: Recording, count: number): unknown =>
  count === 0
    ? field(JSON.parse(list), 'metadata', 'resourceVersion')
    : field(JSON.parse(lines[count - 1] ?? ''), 'object', 'metadata', 'resourceVersion')

/** The list that the server would have sent after `count` lines of its watch. */
const listAfter = (recording: Recording, count: number): string => {
  const items = new Map(itemsOf(recording.list))
  for (const line of recording.lines.slice(0, count)) {
    const event: unknown = JSON.parse(line)
    const object = field(event, 'object')
    if (field(event, 'type') === 'DELETED') items.delete(keyOf(object))
    else items.set(keyOf(object), bare(object))
  }
  return JSON.stringify({
    kind: `${recording.kind.kind}List`,
    metadata: { resourceVersion: versionAfter(recording, count) },
    items: [...items.values()],
  })
}

/** Lets a mirror see all `scripts`, and gives what it holds at the end and what it asked for. */
const play = async (
  recording: Recording,
  scripts: readonly Script[],
): Promise<{ values: unknown; asked: readonly string[] }> => {
  const clock = new FakeClock()
  const stop = new AbortController()
  const transport = new ScriptedTransport(scripts, () => {
    stop.abort()
  })
  const mirror = new Mirror({
    ...{ kind: recording.kind, transport, random: () => 0, decode: bare },
    // Pauses take no time here.
    clock: {
      now: () => clock.now(),
      after: (delay, ring) => {
        const alarm = clock.after(delay, ring)
        setImmediate(() => {
          clock.advance(delay)
        })
        return alarm
      },
    },
    report: () => undefined,
    changed: () => undefined,
  })
  await mirror.run(stop.signal)
  return { values: sorted(mirror.values), asked: transport.asked }
}

const watchFrom = (recording: Recording, count: number): string =>
  `?watch=true&allowWatchBookmarks=true&resourceVersion=${String(versionAfter(recording, count))}&`

const lost = new ApiError('unreachable', 'the connection was lost')

for (const recording of recordings) {
  const { kind, list, lines, final } = recording

  // Thousands of objects are compared: tap's own comparison would take half a minute.
  const endsWell = async (scripts: readonly Script[]): Promise<boolean> =>
    isDeepStrictEqual((await play(recording, scripts)).values, sorted(final))

  const resumes = async (cut: number, scripts: readonly Script[]): Promise<boolean> => {
    const { values, asked } = await play(recording, [{ body: list }, ...scripts, { body: lines.slice(cut) }])
    return isDeepStrictEqual(values, sorted(final)) && asked[2]?.includes(watchFrom(recording, cut)) === true
  }

  t.test(`${kind.resource}: a recorded watch ends in what the server lists`, async t => {
    const { values } = await play(recording, [{ body: list }, { body: lines }])
    t.strictSame(values, sorted(final))
  })

  t.test(`${kind.resource}: a watch that is lost after any line goes on from there`, async t => {
    const wrong: number[] = []
    for (let cut = 0; cut <= lines.length; cut++)
      if (!(await resumes(cut, [{ body: lines.slice(0, cut), end: lost }]))) wrong.push(cut)
    t.strictSame(wrong, [])
  })

  t.test(`${kind.resource}: a line that is cut in its middle comes again whole`, async t => {
    const wrong: number[] = []
    for (const [cut, line] of lines.entries()) {
      const half = line.slice(0, line.length / 2)
      if (!(await resumes(cut, [{ body: [...lines.slice(0, cut), half] }]))) wrong.push(cut)
    }
    t.strictSame(wrong, [])
  })

  t.test(`${kind.resource}: a version that expires after any line is made up for by a list`, async t => {
    const wrong: string[] = []
    for (let cut = 0; cut <= lines.length; cut++)
      for (const missed of new Set([cut, Math.min(cut + 3, lines.length), lines.length])) {
        const well = await endsWell([
          { body: list },
          { body: [...lines.slice(0, cut), gone] },
          { body: listAfter(recording, missed) },
          { body: lines.slice(missed) },
        ])
        if (!well) wrong.push(`expired after ${cut}, listed after ${missed}`)
      }
    t.strictSame(wrong, [])
  })
}
