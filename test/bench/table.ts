import { ratios, type Spread, spread } from './figures.js'
import type { Result, Sample } from './result.js'

const digits = (value: number): string => {
  if (value >= 1000) return String(Math.round(value))
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** One measurement has no range. */
const withRange = (of: Spread | undefined): string => {
  if (!of) return '–'
  const range = of.least === of.most ? '' : ` (${digits(of.least)}–${digits(of.most)})`
  return digits(of.median) + range
}

const median = (values: readonly (number | undefined)[]): string => {
  const found = spread(values.filter(value => value !== undefined))
  return found ? digits(found.median) : '–'
}

/** Rows of cells as a Markdown table with even columns, good to read as it is. */
const table = (rows: readonly (readonly string[])[]): string => {
  const [head = []] = rows
  const widths = head.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`
  return [line(head), rule, ...rows.slice(1).map(line)].join('\n')
}

/** What others are compared with: HAProxy, or the plain relay where HAProxy does not go. */
const bases = ['HAProxy', 'Node dgram relay'] as const

const loadRows = ({ samples }: Result, load: string): readonly (readonly string[])[] => {
  const of = (peer: string): readonly Sample[] =>
    samples.filter(sample => sample.load === load && sample.peer === peer)
  const peers = [...new Set(samples.filter(sample => sample.load === load).map(({ peer }) => peer))]
  const base = of(bases.find(name => peers.includes(name)) ?? '')
  return peers.map(peer => {
    const mine = of(peer)
    return [
      peer,
      withRange(spread(mine.map(({ cpu }) => cpu))),
      withRange(spread(ratios(mine, base, ({ cpu }) => cpu))),
      median(mine.map(({ rate }) => rate)),
      median(mine.map(({ p50 }) => p50)),
      median(mine.map(({ p99 }) => p99)),
      withRange(spread(ratios(mine, base, ({ p99 }) => p99))),
    ]
  })
}

const loadTable = (result: Result, { name, unit }: Result['loads'][number]): string => {
  const rows = loadRows(result, name)
  const base = bases.find(peer => rows.some(row => row[0] === peer)) ?? 'nobody'
  const rate = `${unit.replace(/^\S+ per /, '')}/s`
  const head = [name, unit, `× ${base}`, rate, 'p50 ms', 'p99 ms', `p99 × ${base}`]
  // A column that nobody has anything for is left out.
  const used = head.map((_, column) => rows.some(row => row[column] !== '–'))
  return table([head, ...rows].map(row => row.filter((_, column) => used[column])))
}

const idleTable = ({ idle, idleConnections }: Result): string =>
  table([
    [`${idleConnections} idle connections`, 'KB per connection'],
    ...idle.map(({ peer, bytes }) => [peer, (bytes / 1000).toFixed(1)]),
  ])

/** The result for people: median and (range) of all rounds; ratios are taken within a round. */
export const resultText = (result: Result): string => {
  const { cores, model, kernel, node, commit, date } = result.machine
  const head = `${date}, commit ${commit}: ${cores} cores (${model}), Linux ${kernel}, Node ${node}; ${result.rounds} × ${result.seconds} s each`
  const loads = result.loads.filter(({ name }) => result.samples.some(({ load }) => load === name))
  const tables = [
    ...loads.map(load => loadTable(result, load)),
    ...(result.idle.length > 0 ? [idleTable(result)] : []),
  ]
  return [head, ...tables, ...result.notes].join('\n\n') + '\n'
}
