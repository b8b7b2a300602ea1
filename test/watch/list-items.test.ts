import fc from 'fast-check'
import t from 'tap'
import { listItems } from '../../lib/watch/list-items.js'
import { ListScanner } from '../../lib/watch/list-scanner.js'
import { field, isRaw, list } from '../../lib/watch/raw.js'

/** The text, cut at the given places. */
const pieces = (text: string, cuts: readonly number[]): Uint8Array[] => {
  const bytes = Buffer.from(text)
  const at = [...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort((one, other) => one - other)
  return at.map((to, index) => bytes.subarray(at[index - 1] ?? 0, to))
}

/** What a text is, read in pieces: its items and the rest. Undefined: no JSON. */
const inPieces = (text: string, cuts: readonly number[]): readonly unknown[] | undefined => {
  const scanner = new ListScanner()
  try {
    const items = pieces(text, cuts).flatMap(piece =>
      [...scanner.take(piece)].map((item): unknown => JSON.parse(item)),
    )
    const rest: unknown = JSON.parse(scanner.end())
    return [items, rest]
  } catch {
    return undefined
  }
}

/** The same, read at once. */
const atOnce = (text: string): readonly unknown[] | undefined => {
  try {
    const whole: unknown = JSON.parse(text)
    const items = field(whole, 'items')
    return isRaw(whole) && Array.isArray(items) ? [list(items), { ...whole, items: [] }] : [[], whole]
  } catch {
    return undefined
  }
}

const agree = (text: string, cuts: readonly number[]): boolean => {
  const [one, other] = [inPieces(text, cuts), atOnce(text)]
  return JSON.stringify(one) === JSON.stringify(other)
}

const cuts = fc.array(fc.nat(), { maxLength: 6 })
const space = fc.constantFrom('', ' ', '\n', '\t ', '\r\n')
const value = fc.jsonValue()
const lists = fc
  .tuple(fc.dictionary(fc.string(), value), fc.array(value), fc.dictionary(fc.string(), value), fc.nat(3))
  .map(([before, items, after, indent]) => JSON.stringify({ ...before, items, ...after }, undefined, indent))

t.test('a list is read the same however it is cut', async t => {
  fc.assert(fc.property(lists, cuts, agree))
  t.equal(agree('{"items":[1,"é"]}', []), true)
  for (let cut = 0; cut < 20; cut++) t.equal(agree('{"items":[{"a":"é\\"]"},2]}', [cut]), true)
})

t.test('any JSON is read as JSON.parse reads it, a list or not', async () => {
  fc.assert(fc.property(fc.json(), cuts, agree))
})

t.test('what JSON.parse refuses is refused', async t => {
  const text = fc.array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'items',
      '"items"',
      '1',
      'null',
      '"a"',
      ' ',
      '\u00a0',
    ),
    { maxLength: 14 },
  )
  const begun = fc.constantFrom('', '{"items":', '{"items":[', '{"a":1,"items":[{"b":')
  fc.assert(
    fc.property(begun, text, cuts, (start, more, at) => agree(start + more.join(''), at)),
    { numRuns: 3000 },
  )
  for (const bad of ['{"items":[1,]}', '{"items":[,]}', '{"items":[1}', '{"items":[1', '{"items":[1 2]}', ''])
    t.equal(inPieces(bad, []), undefined, bad)
})

t.test('only the field that is called items is read so', async t => {
  for (const text of [
    '{"\\u0069tems":[1,2]}',
    '{"x\\"items":[1]}',
    '{"a":{"items":[1]},"items":[2]}',
    '{"a":"items","b":[1]}',
    '{ "items" \n: [ 1 ] }',
    '[{"items":[1]}]',
    '{"items":{"a":[1]}}',
    '{"items":null}',
    '{"items":[]}',
    '{"items":[ ]}',
  ])
    t.ok(agree(text, []), text)
})

t.test('spaces may be anywhere between the parts', async () => {
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 4 }),
      fc.array(space, { minLength: 9, maxLength: 9 }),
      (items, spaces) => {
        const parts = [
          '{',
          '"kind"',
          ':',
          '1',
          ',',
          '"items"',
          ':',
          `[${items.map(each => ` ${JSON.stringify(each)} `).join(',')}]`,
          '}',
        ]
        return agree(parts.map((part, index) => `${spaces[index]}${part}`).join(''), [])
      },
    ),
  )
})

async function* bodyOf(chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk)
}

t.test('items are there before the list is whole, and what is no JSON is garbage', async t => {
  const items = listItems(bodyOf(['{"kind":"L","items":[{"a":1},{"b"', ':2}],"x":tru', 'th}']))
  t.strictSame(await items.next(), { done: false, value: { a: 1 } })
  t.strictSame(await items.next(), { done: false, value: { b: 2 } })
  await t.rejects(items.next(), /no JSON/)
})

t.test('while a long list is read, others get their turn', async t => {
  const item = `"${'x'.repeat(1000)}"`
  let turns = 0
  let reading = true
  const count = (): void => {
    turns += 1
    if (reading) setImmediate(count)
  }
  setImmediate(count)
  const body = bodyOf([`{"items":[${Array.from({ length: 2000 }, () => item).join(',')}]}`])
  let items = 0
  for await (const each of listItems(body)) items += String(each).length
  t.equal(items, 2_000_000)
  reading = false
  t.ok(turns >= 7, `${turns}`)
})

t.test('an item without an end is refused before it fills the memory', async t => {
  const chunk = 'x'.repeat(1024 * 1024)
  await t.rejects(
    listItems(bodyOf(['{"items":["', ...Array.from({ length: 17 }, () => chunk)])).next(),
    /more than 16777216 bytes/,
  )
})
